"""Whatever was typed stays in the draft: it saves, comes back as it was, is a counted problem, and does not publish."""

from typing import Any

import pytest

from common.problems import Problem
from flows.models import Flow
from flows.sdk import JsonObject, node_types
from flows.services.drafting import validate
from flows.services.flows import create_flow, read_or_refuse, save_draft
from flows.services.versions import exported, publish
from tests.support.flows import ADMIN, line

pytestmark = pytest.mark.django_db

TEXT = '{"host": {{ hostname }}}'
UNPARSED = {"$unparsed": TEXT}


def saved(drawing: dict[str, Any]) -> Flow:
    flow = create_flow(actor=ADMIN, name="Typed")
    save_draft(actor=ADMIN, flow=flow, document=drawing, revision=flow.draft_revision)
    return Flow.objects.get(id=flow.id)


def problems_of(flow: Flow) -> list[Any]:
    return list(validate(read_or_refuse(flow.draft, is_draft=True), None).problems)


def refuses_to_publish(flow: Flow) -> bool:
    with pytest.raises(Problem) as refused:
        publish(actor=ADMIN, flow=flow, revision=flow.draft_revision)
    return refused.value.code == "flow_has_problems"


FIELDS = [(known.meta.type, name) for known in node_types.values() for name in known.Config.model_fields]


@pytest.mark.parametrize(("kind", "name"), FIELDS, ids=str)
def test_text_that_is_no_json_yet_stays_in_any_field_of_any_node(kind: str, name: str) -> None:
    drawing = line(("n", kind, {name: UNPARSED}))
    flow = saved(drawing)
    assert flow.draft["nodes"][0]["config"][name] == UNPARSED
    found = [problem for problem in problems_of(flow) if problem.field == name]
    assert [problem.code for problem in found] == ["not_json"]
    assert "{{ hostname }} in double quotes" in found[0].hint
    assert refuses_to_publish(flow)
    assert TEXT.replace('"', '\\"').encode() in exported(flow, "draft")


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ('{"a": {{ ram }}, "b": "{{ x }}"}', 'Put {{ ram }} in double quotes: "{{ ram }}".'),
        ("{{ ram }}", '"{{ ram }}"'),
        ('{"a": hostname}', "Put hostname in double quotes"),
        ("{name: 1}", "Put name in double quotes"),
        ("{'a': 1}", "double quotes instead of single ones"),
        ('{"a": 1,}', "Take away the comma"),
        ('{"a": "open}', "double quote"),
        ('{"a" 1}', "commas, brackets"),
        ('{"a": 1, "a": 2}', "commas, brackets"),
        ('{"a": 1}', "Change it in the editor"),
        ("", "commas, brackets"),
    ],
)
def test_the_hint_says_what_to_quote(text: str, hint: str) -> None:
    drawing = line(("n", "webhook", {"url": "https://x.example", "content": {"deep": [{"$unparsed": text}]}}))
    found = validate(read_or_refuse(drawing, is_draft=True), None).problems
    (problem,) = [problem for problem in found if problem.code == "not_json"]
    assert problem.field == "content.deep.0"
    assert hint in problem.hint


@pytest.mark.parametrize(
    ("typed", "field", "code"),
    [
        ({"retry": {"attempts": "3x"}}, "settings.retry.attempts", "wrong_type"),
        ({"retry": {"attempts": 0}}, "settings.retry.attempts", "out_of_range"),
        ({"retry": {"attempts": None}}, "settings.retry.attempts", "wrong_type"),
        ({"retry": {"first": "ten apples"}}, "settings.retry.first", "bad_duration"),
        ({"retry": {"cap": "400d"}}, "settings.retry.cap", "out_of_range"),
        ({"retry": {"factor": "1,5"}}, "settings.retry.factor", "wrong_type"),
        ({"retry": {"jitter": 7}}, "settings.retry.jitter", "out_of_range"),
        ({"timeout": "5"}, "settings.timeout", "bad_duration"),
        ({"timeout": "9" * 300}, "settings.timeout", "too_long"),
        ({"timeout": 30}, "settings.timeout", "wrong_type"),
    ],
)
def test_settings_of_a_node_that_cannot_be_used_stay(typed: JsonObject, field: str, code: str) -> None:
    drawing = line(("t", "manual", {}), ("s", "sleep", {"duration": "5s"}), s=typed)
    flow = saved(drawing)
    assert flow.draft["nodes"][0]["settings"] == typed
    assert [(p.node, p.field, p.code) for p in problems_of(flow)] == [("s", field, code)]
    assert refuses_to_publish(flow)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"concurrency": {"limit": "many"}}, "settings.concurrency.limit"),
        ({"concurrency": {"mode": "serial", "limit": 1.5}}, "settings.concurrency.mode"),
        ({"subject": "x" * 5000}, "settings.subject"),
    ],
)
def test_settings_of_the_flow_that_cannot_be_used_stay(typed: JsonObject, field: str) -> None:
    drawing = {**line(("t", "manual", {}), ("s", "sleep", {"duration": "5s"})), "settings": typed}
    flow = saved(drawing)
    assert flow.draft["settings"] == typed
    assert problems_of(flow)[0].field == field
    assert refuses_to_publish(flow)


def test_a_node_may_lose_its_name_for_a_while() -> None:
    drawing = line(("t", "manual", {}), ("s", "sleep", {"duration": "5s"}))
    drawing["nodes"][1]["name"] = ""
    flow = saved(drawing)
    assert [(p.node, p.field) for p in problems_of(flow)] == [("s", "$name")]
    assert refuses_to_publish(flow)


def test_what_nobody_can_type_is_refused_as_before() -> None:
    for settings in ({"owner": 1}, {"retry": "often"}, None, {"retry": {"max": 2}}):
        drawing = line(("t", "manual", {}))
        drawing["nodes"][0]["settings"] = settings
        with pytest.raises(Problem, match="cannot be read"):
            saved(drawing)


def test_json_keeps_the_order_in_which_it_was_typed() -> None:
    content = {"z": 1, "a": {"y": [{"d": 1, "c": 2}], "b": 2}}
    headers = {"X-Second": "2", "Accept": "1"}
    drawing = line(("w", "webhook", {"url": "https://x.example", "headers": headers, "content": content}))
    config = saved(drawing).draft["nodes"][0]["config"]
    assert repr(config["content"]) == repr(content)
    assert repr(config["headers"]) == repr(headers)
