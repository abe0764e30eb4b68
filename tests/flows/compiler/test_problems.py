"""Every rule has a problem, and all problems come at once."""

import time
from dataclasses import replace
from typing import Any

import pytest

from flows.compiler import Compilation, compile_document
from flows.compiler.compile import retry_of
from flows.graph import NodeSettings
from flows.sdk import Retry
from tests.flows.compiler.nodes import Installation, drawn

ENVIRONMENT = Installation()


def compiled(nodes: dict[str, Any], *edges: str) -> Compilation:
    return compile_document(drawn(nodes, *edges), ENVIRONMENT)


def found(compilation: Compilation) -> set[tuple[str, str, str | None, str | None]]:
    for problem in compilation.problems:
        assert problem.message.endswith(".")
        assert problem.hint
    return {(p.severity, p.code, p.node, p.field) for p in compilation.problems}


def test_good_flow_has_no_problems() -> None:
    good = compiled({"t": "event", "f": "filter", "s": "send"}, "t.out>f", "f.true>s")
    assert found(good) == set()
    assert good.plan is not None
    assert list(good.plan.nodes) == ["t", "f", "s"]
    assert good.plan.parent == {"f": "t", "s": "f"}
    assert good.plan.nodes["f"].next == {"true": ("s",)}


def test_order_of_edges_is_the_order_of_the_plan() -> None:
    plan = compiled({"t": "event", "a": "send", "b": "send"}, "t.out>b", "t.out>a").plan
    assert plan is not None
    assert plan.nodes["t"].next == {"out": ("b", "a")}


@pytest.mark.parametrize(
    ("nodes", "edges", "expected"),
    [
        ({"s": "send"}, [], ("error", "no_trigger", None, None)),
        ({}, [], ("error", "no_trigger", None, None)),
        ({"t": "event", "u": "manual"}, [], ("error", "second_trigger", "u", None)),
        ({"t": "event", "s": "send"}, [], ("error", "unreachable", "s", None)),
        ({"t": "event", "s": "send"}, ["t.out>s", "s.out>t"], ("error", "trigger_has_no_input", "t", None)),
        ({"t": "event", "s": "send"}, ["t.out>s", "s.out>s"], ("error", "self_edge", "s", None)),
        ({"t": "event", "s": "send"}, ["t.ouch>s"], ("error", "unknown_port", "s", None)),
        ({"t": "event", "s": "send"}, ["t.out>s", "t.out>gone"], ("error", "unknown_node", None, None)),
        ({"t": "event", "s": "send"}, ["t.out>s", "t.out>s"], ("error", "duplicate_edge", "s", None)),
        (
            {"t": "event", "f": "filter", "s": "send"},
            ["t.out>f", "f.true>s", "f.false>s"],
            ("error", "input_taken", "s", None),
        ),
        ({"t": "event", "a": "send", "b": "send"}, ["a.out>b", "b.out>a"], ("error", "cycle", "a", None)),
        ({"t": "event", "x": "sned"}, ["t.out>x"], ("error", "unknown_node_type", "x", None)),
        ({"t": ("event", {"event": "server.craeted"})}, [], ("error", "unknown_event_type", "t", "event")),
        ({"t": ("event", {})}, [], ("error", "missing_value", "t", "event")),
        ({"t": "event", "b": "broken"}, ["t.out>b"], ("error", "node_type_failed", "b", None)),
        (
            {"t": ("event", {"event": "server.created", "field": "rma"})},
            [],
            ("error", "unknown_field", "t", "field"),
        ),
    ],
)
def test_rule_has_its_problem(nodes: dict[str, Any], edges: list[str], expected: Any) -> None:
    compilation = compiled(nodes, *edges)
    assert expected in found(compilation)
    assert compilation.plan is None


@pytest.mark.parametrize(
    ("config", "severity", "code", "field"),
    [
        ({}, "error", "missing_value", "as_field"),
        ({"as_field": "a b"}, "error", "wrong_value", "as_field"),
        ({"as_field": 5}, "error", "wrong_type", "as_field"),
        ({"as_field": "x", "valeu": 1}, "error", "unknown_key", "valeu"),
        ({"as_field": "x", "number": 10}, "error", "out_of_range", "number"),
        ({"as_field": "x", "number": "many"}, "error", "wrong_type", "number"),
        ({"as_field": "x", "number": 7}, "error", "bad_config", "number"),
        ({"as_field": "x", "credential": "smpt"}, "error", "unknown_credential", "credential"),
        ({"as_field": "x", "value": "{{ ( }}"}, "error", "syntax", "value"),
        ({"as_field": "x", "value": "{{ f() }}"}, "error", "not_allowed", "value"),
        ({"as_field": "x", "value": "{{ hostnam }}"}, "error", "unknown_field", "value"),
        ({"as_field": "x", "value": {"a": ["{{ hostnam }}"]}}, "error", "unknown_field", "value.a.0"),
        ({"as_field": "x", "value": "{{ owner.phone }}"}, "warning", "unknown_field", "value"),
        ({"as_field": "x", "value": "{{ gone | default('') }}"}, "warning", "unknown_field", "value"),
        ({"as_field": "x", "value": "{{ charges.amount }}"}, "error", "unknown_field", "value"),
        ({"as_field": "x", "value": "{{ ram.x }}"}, "error", "unknown_field", "value"),
        ({"as_field": "hostname"}, "warning", "overwrites_field", "as_field"),
        ({"as_field": "owner.email"}, "warning", "overwrites_field", "as_field"),
    ],
)
def test_config_problem_names_its_field(config: dict[str, Any], severity: str, code: str, field: str) -> None:
    compilation = compiled({"t": "event", "a": ("add-field", config)}, "t.out>a")
    assert found(compilation) == {(severity, code, "a", field)}
    assert compilation.is_ok is (severity == "warning")


@pytest.mark.parametrize(
    ("config", "code", "field"),
    [
        ({"fields": ["ram", "rma"]}, "unknown_field", "fields.1"),
        ({"parts": [{"field": "ram"}, {"field": "rma"}]}, "unknown_field", "parts.1.field"),
        ({"named": {"a b": {"field": "rma"}}}, "unknown_field", "named.a b.field"),
        ({"parts": [{"credential": "smpt"}]}, "unknown_credential", "parts.0.credential"),
        ({"either": {"credential": "smpt"}}, "unknown_credential", "either.credential"),
        ({"parts": [{"key": "smpt"}]}, "unknown_credential", "parts.0.key"),
        ({"named": {"a": {"signed": "perhaps"}}}, "wrong_type", "named.a.signed"),
        ({"named": {"a": {"filed": "ram"}}}, "unknown_key", "named.a.filed"),
        ({"either": ["x"]}, "wrong_type", "either.0"),
    ],
)
def test_problem_names_its_place_inside_lists_and_objects(
    config: dict[str, Any], code: str, field: str
) -> None:
    compilation = compiled({"t": "event", "s": ("send", config)}, "t.out>s")
    assert ("error", code, "s", field) in found(compilation)


def test_what_is_left_in_a_hidden_field_is_no_problem() -> None:
    config = {"parts": [{"signed": False, "key": "smpt"}]}
    assert not compiled({"t": "event", "s": ("send", config)}, "t.out>s").problems


@pytest.mark.parametrize(
    "value", ["{{ blob.any.thing }}", "{{ charges[0].amount }}", "{{ record.ram }}", "{{ record['ram'] }}"]
)
def test_known_fields_are_no_problem(value: str) -> None:
    assert not compiled(
        {"t": "event", "a": ("add-field", {"as_field": "x", "value": value})}, "t.out>a"
    ).problems


def test_unknown_field_offers_the_nearest_as_a_fix() -> None:
    config = {"as_field": "x", "value": "Hi {{ owner.email }} {{ hostnam }}"}
    problem = compiled({"t": "event", "a": ("add-field", config)}, "t.out>a").problems[0]
    assert problem.suggestion == "hostname"
    assert problem.span is not None
    start, end = problem.span
    assert config["value"][start:end] == "hostnam"


@pytest.mark.parametrize(
    ("value", "mended"),
    [
        ("{{ record['od-key'] }}", '{{ record["odd-key"] }}'),
        ("{{ ownr.email }}", "{{ owner.email }}"),
        ("{{ chargs[0].amount }}", "{{ charges[0].amount }}"),
    ],
)
def test_a_suggestion_in_the_place_of_its_span_is_a_template_without_the_problem(
    value: str, mended: str
) -> None:
    nodes = {"t": "event", "a": ("add-field", {"as_field": "odd-key", "value": "1"})}
    config = {"as_field": "x", "value": value}
    problem = compiled({**nodes, "b": ("add-field", config)}, "t.out>a", "a.out>b").problems[-1]
    assert problem.span is not None
    assert problem.suggestion is not None
    start, end = problem.span
    assert value[:start] + problem.suggestion + value[end:] == mended
    assert not compiled(
        {**nodes, "b": ("add-field", {**config, "value": mended})}, "t.out>a", "a.out>b"
    ).problems


def test_a_template_is_judged_while_other_fields_are_empty_or_wrong() -> None:
    for other in ({}, {"as_field": 7}, {"as_field": "x", "odd": 1}):
        compilation = compiled(
            {"t": "event", "a": ("add-field", {"value": "{{ hostnam }}", **other})}, "t.out>a"
        )
        assert ("error", "unknown_field", "a", "value") in found(compilation)
        broken = compiled({"t": "event", "a": ("add-field", {"value": "{{ hostname", **other})}, "t.out>a")
        assert any(problem.field == "value" and problem.span for problem in broken.problems)


def test_a_suggestion_for_a_path_is_the_whole_path() -> None:
    config = {"field": "charges.amout", "operation": ">=", "value": "5"}
    problem = compiled({"t": "event", "f": ("filter", config)}, "t.out>f").problems[0]
    assert (problem.span, problem.suggestion) == (None, "charges.amount")


def test_field_behind_a_filter_is_the_elements() -> None:
    flow = {
        "t": "event",
        "f": ("filter", {"field": "charges.amount", "operation": ">=", "value": "5"}),
        "y": ("send", {"text": "{{ charges.amount }}"}),
        "n": ("send", {"text": "{{ charges[0].amount }}"}),
    }
    compilation = compiled(flow, "t.out>f", "f.true>y", "f.false>n")
    assert not compilation.problems
    assert compilation.shapes["y"].input.fields["charges"].type == "object"
    assert compilation.shapes["n"].input.fields["charges"].type == "array"


def test_error_port_knows_the_error() -> None:
    flow = {"t": "event", "s": "send", "e": ("send", {"text": "{{ error.message }} {{ hostname }}"})}
    assert not compiled(flow, "t.out>s", "s.error>e").problems


def test_added_field_is_known_downstream() -> None:
    flow = {"t": "event", "a": "add-field", "s": ("send", {"text": "{{ new }}"})}
    assert not compiled(flow, "t.out>a", "a.out>s").problems


def test_broken_node_upstream_causes_no_false_alarm() -> None:
    flow = {"t": "event", "x": "gone-type", "s": ("send", {"text": "{{ anything }} {{ hostname }}"})}
    compilation = compiled(flow, "t.out>x", "x.out>s")
    assert {problem.code for problem in compilation.problems if problem.severity == "error"} == {
        "unknown_node_type"
    }


def test_newer_type_version_is_refused_and_older_upgraded() -> None:
    document = drawn({"t": "event", "a": ("add-field", {"name": "x"})}, "t.out>a")
    older = replace(document, nodes=(document.nodes[0], replace(document.nodes[1], type_version=1)))
    newer = replace(document, nodes=(document.nodes[0], replace(document.nodes[1], type_version=3)))
    upgraded = compile_document(older, ENVIRONMENT)
    assert upgraded.plan is not None
    assert upgraded.plan.nodes["a"].config.render({}).as_field == "x"  # type: ignore[attr-defined]
    assert document.nodes[1].config == {"name": "x"}
    assert ("error", "newer_type_version", "a", None) in found(compile_document(newer, ENVIRONMENT))


def test_id_given_twice_is_a_problem() -> None:
    document = drawn({"t": "event", "s": "send"}, "t.out>s")
    twice = replace(document, nodes=(*document.nodes, document.nodes[1]))
    assert ("error", "duplicate_id", "s", None) in found(compile_document(twice, ENVIRONMENT))


def test_all_problems_come_in_one_pass() -> None:
    flow = {
        "t": ("event", {"event": "nope.x"}),
        "a": ("add-field", {}),
        "b": ("send", {"text": "{{ ( }}"}),
        "c": "x",
    }
    codes = {problem.code for problem in compiled(flow, "t.out>a", "a.oops>b").problems}
    assert codes >= {"unknown_event_type", "missing_value", "unknown_port", "syntax", "unknown_node_type"}


def test_settings_become_policy_and_limit() -> None:
    document = drawn({"t": "event", "s": "send"}, "t.out>s")
    settings = NodeSettings(
        retry=Retry(attempts=5, first="10s", factor=3, cap="6h", jitter=0.5), timeout="2m"
    )
    plan = compile_document(
        replace(document, nodes=(document.nodes[0], replace(document.nodes[1], settings=settings))),
        ENVIRONMENT,
    ).plan
    assert plan is not None
    retry = plan.nodes["s"].retry
    assert (retry.attempts, retry.first_seconds, retry.factor, retry.cap_seconds) == (5, 10, 3, 21_600)
    assert plan.nodes["s"].timeout_seconds == 120


@pytest.mark.parametrize(
    ("said", "then"),
    [(None, (4, 60, 600)), (Retry(attempts=1), (1, 60, 600)), (Retry(first="5s"), (4, 5, 600))],
)
def test_a_node_type_says_how_often_it_is_tried_where_the_flow_does_not(
    said: Retry | None, then: tuple[int, float, float]
) -> None:
    retry = retry_of(said, Retry(attempts=4, first="1m", cap="10m"))
    assert (retry.attempts, retry.first_seconds, retry.cap_seconds) == then


def test_compiling_a_large_flow_is_quick() -> None:
    config = {
        "as_field": "new.deep",
        "value": "{{ hostname | upper }} {{ ram }} {{ owner.email | default('-') }}",
    }
    nodes: dict[str, Any] = {"t": "event"} | {f"n{i}": ("add-field", config) for i in range(300)}
    edges = ["t.out>n0", *(f"n{i}.out>n{i + 1}" for i in range(299))]
    document = drawn(nodes, *edges)
    began = time.process_time()
    assert compile_document(document, ENVIRONMENT).is_ok
    assert time.process_time() - began < 1.5  # 60 ms on an idle machine


def test_tricks_with_many_edges_end_soon() -> None:
    nodes: dict[str, Any] = {"t": "event"} | {f"n{i}": "send" for i in range(1500)}
    edges = [f"n{i}.out>n{(i * 7 + j) % 1500}" for i in range(1500) for j in range(6)]
    document = drawn(nodes, "t.out>n0", *edges)
    began = time.process_time()
    assert not compile_document(document, ENVIRONMENT).is_ok
    assert time.process_time() - began < 3
