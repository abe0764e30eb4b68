"""What a regular expression may cost, wherever one is matched."""

import contextlib
import time
from typing import Any

import pytest

from flows.sdk import NodeError, Shape
from flows.sdk.comparison import apply_filter, compare, compile_comparison
from flows.sdk.conditions import condition_problem
from flows.sdk.patterns import MAX_PROGRAM, compile_pattern
from flows.sdk.work import COMPARISON_WORK, Budget, TooExpensive, paid_from

LONG = "ab" * 32_000
TOO_LARGE = ["[ab]{0,999}", "[ab]{999}c", "(a|b){0,300}(a|b){600}c", r"\pL{0,100}z", "[ab]{0,999}" * 10]
COSTLY = ["a[ab]{200}c", "a[ab]{50}c", "(.*a){20}", "(?:(?:a?){20}){20}c$", "(a[ab]{20}c)|(b[ab]{30}d)"]


@pytest.mark.parametrize("pattern", TOO_LARGE)
def test_a_large_pattern_is_refused_before_it_runs(pattern: str) -> None:
    shape = Shape.object({"a": Shape.string()})
    for operation in ("matches", "not_matches"):
        with pytest.raises(NodeError) as caught:
            compare("x", operation, pattern)
        assert caught.value.code == "pattern_too_large"
        problem = condition_problem(shape, "a", operation, pattern)
        assert problem is not None
        assert problem[1]


@pytest.mark.parametrize("pattern", [*COSTLY, "(a+)+$", "(a|aa)+$", r"\s+$", "^web-[0-9]+$"])
def test_a_search_is_quick_or_refused(pattern: str) -> None:
    compile_pattern(pattern)
    began = time.process_time()
    with contextlib.suppress(TooExpensive):
        compare(LONG, "matches", pattern)
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize("text", ["ab" * 20, "é" * 900, "x\0y", "\ud800"])
def test_a_short_text_is_matched_with_the_largest_pattern(text: str) -> None:
    pattern = "[ab]{480}c"
    assert compile_pattern(pattern).programsize <= MAX_PROGRAM
    assert compare(text, "matches", pattern) is False


MANY: Any = [LONG[:2000]] * 400
PLAIN_RECORDS: list[tuple[Any, str, str, str]] = [
    ({"a": MANY}, "a", "matches", COSTLY[0]),
    ({"a": [{"b": text} for text in MANY]}, "a.b", "matches", COSTLY[0]),
    ({"a": [{"c": 1}] * 100_000}, "a.b", "=", "1"),
    ({"a": [1] * 100_000}, "a", "<", "0"),
    ({"a": ["x"] * 100_000}, "a", "contains", "y"),
    ({"a": ["x"] * 20_000}, "a", "in_list", ",".join(str(n) for n in range(400))),
    ({"a": [[["x"] * 100] * 100] * 100}, "a.b", "exists", ""),
]


@pytest.mark.parametrize(("record", "field", "operation", "value"), PLAIN_RECORDS)
def test_a_comparison_over_many_elements_is_refused_before_the_work(
    record: Any, field: str, operation: str, value: str
) -> None:
    for attempt in (
        lambda: apply_filter(record, field, operation, value),
        lambda: compile_comparison(field, operation, value)(record),
        lambda: compile_comparison(field, operation, lambda _: value)(record),
    ):
        began = time.process_time()
        with pytest.raises(NodeError) as caught:
            attempt()
        assert caught.value.code == "too_expensive"
        assert time.process_time() - began < 0.5


def test_several_comparisons_share_a_budget() -> None:
    budget = Budget(COMPARISON_WORK)
    test = compile_comparison("a", "matches", "a[ab]{50}c")
    with paid_from(budget):
        assert test({"a": LONG[:20_000]}) is False
        with pytest.raises(NodeError, match="more work"):
            test({"a": LONG[:20_000]})
    assert test({"a": LONG[:20_000]}) is False
