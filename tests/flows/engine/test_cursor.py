"""What a cursor says of a run that someone stops, goes on with, or stores."""

import json
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.engine import ending
from flows.engine.cursor import Cursor, Suspension
from flows.engine.states import RunStatus, StepStatus

AT = datetime(2026, 1, 1, tzinfo=UTC)

cursors = st.builds(
    Cursor,
    pending=st.lists(st.text(max_size=5), max_size=5),
    seq=st.integers(0, 2**31),
    attempts=st.integers(0, 100),
    suspension=st.none()
    | st.builds(
        Suspension,
        node=st.text(max_size=5),
        port=st.none() | st.text(max_size=5),
        reason=st.text(max_size=5),
        record=st.none() | st.dictionaries(st.text(max_size=5), st.integers()),
        detail=st.dictionaries(st.text(max_size=5), st.integers()),
        since=st.none() | st.datetimes(timezones=st.just(UTC)),
        turn=st.integers(0, 5),
        failures=st.integers(0, 5),
        stops=st.booleans(),
    ),
    intent=st.none() | st.text(min_size=1, max_size=5),
    verdict=st.none() | st.sampled_from(["repeat", "skip", "fail"]),
    key=st.text(max_size=5),
    log_lines=st.integers(0, 5_000),
)


@given(cursor=cursors)
def test_a_cursor_comes_back_from_json_as_it_was(cursor: Cursor) -> None:
    assert Cursor.from_json(json.loads(json.dumps(cursor.to_json()))) == cursor


@given(cursor=cursors, key=st.text(min_size=1, max_size=5))
def test_going_on_begins_the_step_anew_and_keeps_what_is_done(cursor: Cursor, key: str) -> None:
    resumed = cursor.resumed(key)
    assert resumed == Cursor(cursor.pending, seq=cursor.seq, key=cursor.key or key)
    assert resumed.parked_at is None
    assert resumed.resumed("of another run") == resumed


@given(cursor=cursors)
def test_a_cancelled_step_is_the_one_at_which_the_run_is_parked_in_the_next_place(cursor: Cursor) -> None:
    before = cursor.seq
    steps = cursor.cancelled(AT)
    assert [step.node_id for step in steps] == ([] if cursor.parked_at is None else cursor.pending[-1:])
    assert [step.seq for step in steps] == list(range(before + 1, cursor.seq + 1))


@pytest.mark.parametrize(
    ("cursor", "attempt"),
    [
        (Cursor(["b", "a"], suspension=Suspension("a", "out", "sleep")), 1),
        (Cursor(["b", "a"], intent="a", attempts=1), 2),
        (Cursor(["b", "a"], attempts=2), 3),
    ],
)
def test_cancelling_a_parked_run_cancels_its_step(cursor: Cursor, attempt: int) -> None:
    writes = ending.cancelled(uuid4(), 4, cursor.to_json(), AT, "Ann cancelled the run.")
    assert (writes.fence, writes.status, writes.at) == (4, RunStatus.CANCELLED, AT)
    assert writes.error == {"code": "cancelled", "message": "Ann cancelled the run."}
    assert [(step.node_id, step.attempt, step.status) for step in writes.steps] == [
        ("a", attempt, StepStatus.CANCELLED)
    ]
    assert writes.cursor is not None
    assert writes.cursor["seq"] == 1


@pytest.mark.parametrize("stored", [None, {"pending": ["a"], "seq": 3}])
def test_a_run_between_two_steps_is_cancelled_as_it_stands(stored: dict[str, object] | None) -> None:
    writes = ending.cancelled(uuid4(), 0, stored, AT)
    assert (writes.steps, writes.cursor) == ([], stored)


def test_a_verdict_is_asked_for_once_and_for_the_interrupted_node_only() -> None:
    assert Cursor(["a"], intent="a").waits_for_verdict("a")
    assert not Cursor(["a"], intent="a").waits_for_verdict("b")
    assert not Cursor(["a"], intent="a", verdict="skip").waits_for_verdict("a")
    assert not Cursor(["a"]).waits_for_verdict("a")
