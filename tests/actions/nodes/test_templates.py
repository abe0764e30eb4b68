"""What the values of a record can and cannot do to what is sent."""

import json

import pytest

from actions.nodes.actions.send_mail import SendMail
from actions.nodes.actions.webhook import Webhook
from actions.nodes.enrichers.add_field import AddField
from actions.nodes.enrichers.rest_resource import RestResource
from actions.nodes.filters.filter import Filter
from flows.sdk import NodeError
from flows.sdk.testing import FakeContext, run_node
from flows.testing import render

EVIL = {
    "text": '", "admin": true, "x": "',
    "markup": "<script>alert(1)</script>",
    "path": "../../admin?all=1#",
    "people": "a@example.org, b@example.org",
    "line": "one\r\nX-Evil: 1",
    "template": "{{ 7 * 7 }}",
    "cpu": 4,
}


def webhook(**config):
    context = FakeContext()
    run_node(Webhook, {"url": "https://example.org", **config}, EVIL, context=context, render=render)
    return context.http.requests[0]


def test_no_value_can_add_a_key_to_json():
    assert json.loads(webhook(content={"name": "{{ text }}"}).content) == {"name": EVIL["text"]}


def test_json_keeps_the_type_of_a_field_alone():
    content = {"cpu": "{{ cpu }}", "text": "{{ cpu }} cores"}
    assert json.loads(webhook(content=content).content) == {"cpu": 4, "text": "4 cores"}


def test_no_value_can_change_the_path_of_a_url():
    config = {"url": "https://example.org/servers/{{ path }}"}
    context = FakeContext()
    run_node(RestResource, config, EVIL, context=context, render=render)
    assert context.http.requests[0].url == "https://example.org/servers/..%2F..%2Fadmin%3Fall%3D1%23"


def test_no_value_can_add_a_header():
    with pytest.raises(NodeError) as caught:
        webhook(headers={"X-Name": "{{ line }}"})
    assert (caught.value.code, caught.value.field) == ("bad_header", "headers.X-Name")


def test_no_value_can_add_a_form_field():
    form = {"name": "a&{{ text }}"}
    content = webhook(content_type="application/x-www-form-urlencoded", form=form).content
    assert content.count(b"&") == 0


def test_a_value_that_looks_like_a_template_stays_as_it_is():
    assert webhook(content_type="text/plain", text="{{ template }}").content == b"{{ 7 * 7 }}"


def mail_of(**config):
    drawn = {"to": ["ops@example.org"], "subject": "s", "content": "c", **config}
    return SendMail().preview(render(SendMail, drawn, EVIL), EVIL)


def test_no_value_can_add_a_recipient():
    with pytest.raises(NodeError) as caught:
        mail_of(to=["{{ people }}"])
    assert caught.value.code == "bad_address"


def test_values_in_html_are_escaped_and_the_markup_around_them_is_not():
    mail = mail_of(html="<b>{{ markup }}</b>", content="{{ markup }}")
    assert mail["html"] == "<b>&lt;script&gt;alert(1)&lt;/script&gt;</b>"
    assert mail["text"] == EVIL["markup"]


def test_a_filter_compares_with_another_field():
    config = {"field": "cpu", "operation": "=", "value": "{{ cpu }}"}
    assert run_node(Filter, config, EVIL, render=render).port == "true"


def test_an_added_field_keeps_the_type_of_a_field_alone():
    answer = run_node(AddField, {"as_field": "cores", "value": "{{ cpu }}"}, EVIL, render=render)
    assert answer.record["cores"] == 4


def test_a_missing_field_is_named_with_what_there_is():
    with pytest.raises(NodeError, match="hostnmae") as caught:
        webhook(content={"name": "{{ hostnmae }}"})
    assert caught.value.code == "missing_field"
    assert caught.value.field.startswith("content")
