"""Suggestions are bounded, and no run looks for one."""

import contextlib
import difflib
import time
from typing import Any

import pytest

from flows.sdk import NodeError, fields
from flows.sdk.comparison import apply_filter, compile_comparison
from flows.sdk.fields import missing_field, names_text, nearest

MANY = {f"{'field' * 30}{number}": 1 for number in range(5000)}


def test_a_suggestion_among_many_names_is_quick() -> None:
    began = time.process_time()
    for name in ("field" * 30, "field" * 12, "f" * 10_000):
        nearest(name, MANY)
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize(("name", "found"), [("hostnam", "hostname"), ("RAM", "ram"), ("zzz", None)])
def test_the_nearest_name_is_found(name: str, found: str | None) -> None:
    assert nearest(name, ["cpu", "hostname", "ram"]) == found


@pytest.mark.parametrize("record", [MANY, {"a": MANY}, {"a": [MANY] * 3}])
@pytest.mark.parametrize("path", ["a.field", "field" * 30, "a"])
def test_a_run_never_looks_for_a_suggestion(record: Any, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*args: Any, **options: Any) -> Any:
        raise AssertionError("A run looked for a suggestion.")

    monkeypatch.setattr(fields, "nearest", never)
    monkeypatch.setattr(fields, "get_close_matches", never)
    monkeypatch.setattr(difflib, "SequenceMatcher", never)
    for attempt in (
        lambda: apply_filter(record, path, "=", "1"),
        lambda: compile_comparison(path, "<", "1")(record),
    ):
        with contextlib.suppress(NodeError):
            attempt()


def test_names_are_cut_to_a_readable_length() -> None:
    assert len(names_text(["x" * 100_000] * 100)) < 1000
    assert len(missing_field(["a"], 0, {"x" * 100_000: 1}).message) < 300
