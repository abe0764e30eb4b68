"""The line under a node's name."""

import pytest

from flows.sdk import node_types
from flows.sdk.summaries import MAX_SUMMARY, host_of, summary_of


def said(type_name, config, version=1):
    return summary_of(node_types.get(type_name), version, config)


@pytest.mark.parametrize(
    ("type_name", "config", "line"),
    [
        ("event", {"event": "server.created"}, "server.created"),
        (
            "event",
            {"event": "server.created", "condition": {"field": "ram", "operation": ">=", "value": "8"}},
            "server.created, ram ≥ 8",
        ),
        ("event", {"event": "server.created", "condition": {"field": ""}}, "server.created"),
        ("event", {"event": "half."}, ""),
        ("filter", {"field": "ram", "operation": ">=", "value": 8192}, "ram ≥ 8192"),
        ("filter", {"field": "ram", "operation": "is_empty", "value": "old"}, "ram is empty"),
        ("filter", {"field": "os", "operation": "in_list", "value": ["a", 2]}, "os is in list a, 2"),
        ("filter", {"operation": ">="}, ""),
        ("send-mail", {"to": "{{ owner.email }}"}, "→ owner.email"),
        ("send-mail", {"to": ["a@example.org", "b@example.org"]}, "→ a@example.org and 1 more"),
        ("send-mail", {}, ""),
        ("webhook", {"url": "https://hooks.example.org/x?key=1"}, "POST → hooks.example.org"),
        ("webhook", {"url": "https://{{ node.host }}/x", "method": "GET"}, "GET → node.host"),
        ("rest-resource", {"url": "https://a.example.org"}, "GET a.example.org → response"),
        ("add-field", {"as_field": "owner.city", "value": "{{ city }}"}, "owner.city = city"),
        ("sleep", {}, "1h"),
        ("sleep", {"mode": "until", "until": "nextPayment"}, "until nextPayment"),
        ("sleep", {"mode": "until"}, ""),
        ("schedule", {"cron": "0 3 * * 1"}, "0 3 * * 1 UTC"),
        ("inbound-webhook", {"auth": "hmac", "header": "X-Sig"}, "Signature in X-Sig"),
        (
            "default-enricher",
            {"table": "user", "input_field": "userid", "as_field": "owner"},
            "User by userid → owner",
        ),
        ("ipam", {"as_field": "ip"}, "IPv4 → ip"),
        ("load-tags", {}, "Server id → tags"),
        ("modify-server", {"server_id": 7, "general_action": "set-hostname"}, "Set hostname, server 7"),
        ("create-ticket", {"title": "Disk is full"}, "Disk is full"),
    ],
)
def test_it_says_what_the_node_does(type_name, config, line):
    assert said(type_name, config) == line


def test_a_wrong_field_does_not_hide_the_right_ones():
    assert said("filter", {"field": "ram", "operation": ">", "value": "8", "unknown": 1}) == "ram > 8"


def test_it_is_one_short_line():
    line = said("create-ticket", {"title": "a\n\x1b[31m\u202eb " + "x" * 9_000})
    assert len(line) == MAX_SUMMARY
    assert line.startswith("a [31m b x")
    assert line.endswith("…")


@pytest.mark.parametrize("url", ["{" * 9_000, "{{" * 9_000, "https://" + "@" * 9_000, None, "", "{{ a }}{{"])
def test_any_text_may_stand_where_a_url_belongs(url):
    assert len(host_of(url)) < 500
