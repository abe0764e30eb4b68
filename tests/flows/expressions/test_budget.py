"""Everything that a template does is paid for before it is done: asserted on counted work, not on the clock."""

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.expressions import TemplateError, compile_slot
from flows.expressions.budget import EXPRESSION, INLINE_WORK, MAX_FLOW_EXPRESSIONS, Budget, WorkSpent
from flows.expressions.filters import FILTERS, TESTS
from flows.sdk import NodeError
from flows.sdk.config import Slot

SIZE = 8_000
DEEP: Any = "leaf"
for _ in range(60):
    DEEP = {"k": [DEEP]}
TEXTS = [f"{number:04}" for number in range(SIZE // 4)]
BIG: dict[str, Any] = {
    "text": "a" * SIZE,
    "digits": " " * SIZE + "7",
    "texts": TEXTS,
    "numbers": list(range(SIZE)),
    "object": {f"k{number}": number for number in range(SIZE)},
    "deep": [DEEP] * (SIZE // 20),
}
TWINS = {
    f"{name}2": (value.copy() if isinstance(value, list | dict) else f"{value}")
    for name, value in BIG.items()
}
RECORD: dict[str, Any] = {
    **BIG,
    **TWINS,
    "n": 3,
    "one": "a",
    "none": None,
    "yes": True,
    "_id": "x",
    "huge": 10**400,
}

FREE = {"length", "count", "first", "last", "abs", "round"}
"""Filters that look at no more than one element or digit."""
ARGUMENTS = {"replace": "('a', 'b')", "map": "('k')"}
SLOTS = [Slot.TEXT, Slot.HTML, Slot.VALUE, Slot.INTEGER, Slot.URL, Slot.HEADER, Slot.ADDRESS]


def outcome(source: Any, slot: Slot = Slot.TEXT, budget: Budget | None = None) -> tuple[Any, int]:
    """What comes of it, and the work that was counted."""
    budget = budget or Budget(50_000_000)
    try:
        return compile_slot(slot, source).render(RECORD, budget), budget.work
    except (TemplateError, NodeError) as error:
        return error, budget.work


@pytest.mark.parametrize("name", BIG)
@pytest.mark.parametrize("filter_name", sorted(set(FILTERS) - FREE))
def test_each_filter_pays_for_what_it_is_given(filter_name: str, name: str) -> None:
    source = f"{{{{ {name} | {filter_name}{ARGUMENTS.get(filter_name, '')} | length }}}}"
    found, work = outcome(source, Slot.VALUE)
    refused = isinstance(found, NodeError) and found.code in ("wrong_type", "output_too_large")
    assert refused or work >= SIZE // 4, found


@pytest.mark.parametrize("slot", [Slot.TEXT, Slot.VALUE])
@pytest.mark.parametrize("name", BIG)
@pytest.mark.parametrize(
    "shape",
    [
        "{x} in ''",
        "{x} not in ''",
        "'' in {x} ~ 'x'",
        "{x} ~ ''",
        "'a' ~ {x}",
        "{x} == {x}2",
        "{x} != {x}2",
        "[{x}] == [{x}2]",
        "{x} in [{x}2]",
        "[{x}2] in [[{x}]]",
        "{x} <= {x}2",
        "(one if {x} == {x}2 else none)",
        "{x} == {x}2 and {x} == {x}2",
        "none | default({x} ~ '')",
        "one | replace('a', {x})",
        "one | truncate(1, {x})",
        "object[{x} ~ 'x'] | default(1)",
        "[one, one] | join({x})",
    ],
)
def test_each_operator_pays_for_its_operands(shape: str, name: str, slot: Slot) -> None:
    found, work = outcome(f"{{{{ {shape.format(x=name)} }}}}", slot)
    refused = isinstance(found, NodeError) and found.code in ("wrong_type", "output_too_large")
    assert refused or work >= SIZE // 4, found


@pytest.mark.parametrize("slot", [*SLOTS, Slot.JSON])
@pytest.mark.parametrize("name", BIG)
def test_each_slot_pays_for_the_text_of_what_is_put_into_it(slot: Slot, name: str) -> None:
    source = {"a": [f"x{{{{ {name} }}}}"]} if slot is Slot.JSON else f"https://example.org/{{{{ {name} }}}}"
    found, work = outcome(source, slot)
    assert work >= SIZE // 4, found


def test_many_conversions_in_little_text_end_at_the_budget() -> None:
    for small in (
        "(object in '')",
        "(deep in '')",
        "(numbers == numbers2)",
        "(texts|sort|length)",
        "(text|e|length)",
    ):
        found, work = outcome("{{ " + "~".join([small] * 60) + " }}", budget=Budget(500_000))
        assert isinstance(found, WorkSpent), small
        assert work < 1_000_000


def test_all_templates_of_a_value_share_one_budget() -> None:
    found, _ = outcome([["{{ object in '' }}"]] * 200, Slot.JSON, Budget(500_000))
    assert isinstance(found, WorkSpent)


def test_what_is_charged_fails_before_it_is_done() -> None:
    budget = Budget(1_000)
    found, _ = outcome("{{ text | upper | length }}", budget=budget)
    assert isinstance(found, WorkSpent)


def test_the_clock_ends_a_rendering_on_a_thread() -> None:
    found, _ = outcome("{{ one | upper }}", budget=Budget(seconds=-1))
    assert isinstance(found, WorkSpent)


@pytest.mark.parametrize(
    "expression", ["huge", "huge ~ ''", "huge + 1", "-huge", "huge | int", "huge | float", "texts[huge]"]
)
@pytest.mark.parametrize("slot", [Slot.TEXT, Slot.INTEGER])
def test_numbers_beyond_64_bits_are_refused_and_never_written_out(expression: str, slot: Slot) -> None:
    found, _ = outcome(f"{{{{ {expression} }}}}", slot)
    assert isinstance(found, NodeError)
    assert found.code in ("number_too_large", "not_a_whole_number")


@pytest.mark.parametrize("value", [["\ud800"], 2**70, [2**70], DEEP and [[DEEP] * 2]])
def test_what_json_cannot_hold_is_an_error_of_the_template(value: Any) -> None:
    deeper = value
    for _ in range(300):
        deeper = [deeper]
    with pytest.raises(NodeError):
        compile_slot(Slot.TEXT, "{{ x | tojson }}{{ x }}").render({"x": deeper})


def test_expressions_of_a_flow_are_read_up_to_a_limit() -> None:
    budget = Budget(MAX_FLOW_EXPRESSIONS)
    source = "{{ a ~ b }}" * 400
    for _ in range(MAX_FLOW_EXPRESSIONS // (400 * (EXPRESSION + len(" a ~ b ")))):
        compile_slot(Slot.TEXT, source, budget)
    with pytest.raises(TemplateError) as caught:
        compile_slot(Slot.TEXT, source, budget)
    assert caught.value.code == "too_many"
    assert caught.value.hint
    assert (
        compile_slot(Slot.TEXT, "{{ plain.path }}", budget).render({"plain": {"path": "still read"}})
        == "still read"
    )


def test_true_is_not_one_at_any_depth() -> None:
    record = {"a": [{"x": True}], "b": [{"x": 1}], "c": [{"x": 1.0}]}
    same = compile_slot(Slot.VALUE, "{{ [a == b, b == c, a == a, a != b] }}")
    assert same.render(record) == [False, True, True, True]


NAMES = st.sampled_from([*RECORD, "'x'", "''", "0", "1.5", "true", "none", "[]", "missing", "deep[0].k"])
FILTERED = st.sampled_from(
    [f"{name}{ARGUMENTS.get(name, '')}" for name in FILTERS] + ["default(text)", "d('')"]
)
TESTED = st.sampled_from([*TESTS, "defined", "undefined"])
OPERATORS = st.sampled_from(
    ["~", "+", "-", "*", "/", "//", "%", "==", "!=", "<", "<=", ">", ">=", "in", "not in", "and", "or"]
)


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, FILTERED).map(lambda parts: f"({parts[0]} | {parts[1]})"),
        st.tuples(inner, TESTED).map(lambda parts: f"({parts[0]} is {parts[1]})"),
        st.tuples(inner, OPERATORS, inner).map(lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"),
        st.tuples(inner, inner, inner).map(lambda parts: f"({parts[0]} if {parts[1]} else {parts[2]})"),
        st.tuples(inner, inner).map(lambda parts: f"({parts[0]})[{parts[1]}]"),
        inner.map(lambda part: f"(not {part})"),
        inner.map(lambda part: f"(-{part})"),
        st.lists(inner, max_size=4).map(lambda parts: f"[{', '.join(parts)}]"),
    )


EXPRESSIONS = st.recursive(NAMES, grown, max_leaves=25)


@settings(max_examples=200, deadline=None)
@given(expression=EXPRESSIONS, slot=st.sampled_from([*SLOTS, Slot.JSON]), times=st.integers(1, 20))
def test_no_template_does_more_than_it_paid_for(expression: str, slot: Slot, times: int) -> None:
    source = f"{{{{ {expression} }}}}" * times
    began = time.process_time()
    found, work = outcome([source, source] if slot is Slot.JSON else source, slot, Budget(INLINE_WORK))
    assert time.process_time() - began < 1.0  # coarse: reading it included
    assert isinstance(found, WorkSpent) or work <= INLINE_WORK
