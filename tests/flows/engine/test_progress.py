"""What an outcome means for steps, status and cursor."""

import random
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from flows.compiler.plan import Plan
from flows.engine.cursor import Cursor
from flows.engine.progress import MAX_LOG_LINES, MOST_LOST_LEASES, Progress
from flows.engine.states import FINAL_RUN_STATUSES, RUN_MOVES, RunStatus, StepStatus
from flows.engine.walk import Walk
from flows.models import Run, Step
from flows.sdk import Emit, NodeError, Suspend
from flows.sdk.retry import Retry
from tests.flows.engine.plans import Clock, plan_of

LINE = plan_of({"t": {"out": ("a",)}, "a": {"out": ("b",)}})


def progress_of(plan: Plan = LINE, cursor: Cursor | None = None) -> Progress:
    walk = Walk.start(plan, {"id": 1}, "key") if cursor is None else Walk(plan, {"id": 1}, cursor, {})
    return Progress(uuid4(), 1, walk, Clock(), random.Random(0))


def begun(plan: Plan = LINE, cursor: Cursor | None = None) -> Progress:
    progress = progress_of(plan, cursor)
    assert progress.walk.current is not None
    progress.begin(plan.nodes[progress.walk.current])
    return progress


def broken(**fields: object) -> NodeError:
    return NodeError("broken", "It broke.", **fields)  # type: ignore[arg-type]


def test_a_success_leads_to_the_node_behind_and_stores_only_a_changed_record() -> None:
    progress = begun()
    progress.succeed(Emit("out", progress.input()))
    writes = progress.take_writes()
    assert (writes.status, writes.steps[0].status, writes.steps[0].output) == (
        RunStatus.RUNNING,
        "succeeded",
        None,
    )
    assert progress.walk.current == "b"
    progress.begin(LINE.nodes["b"])
    progress.succeed(Emit("out", {"id": 2}))
    assert progress.take_writes().steps[0].output == {"id": 2}
    assert progress.walk.current is None


def test_what_a_failure_keeps_is_told_the_next_try_and_counts_as_its_tries() -> None:
    plan = plan_of({"t": {"out": ("a",)}}, Retry(attempts=3))
    error = broken(retryable=True)
    error.keeps = {"sent": [0]}
    progress = begun(plan)
    progress.fail(error)
    cursor = Cursor.from_json(progress.take_writes().cursor or {})
    again = begun(plan, cursor)
    assert again.wake is not None
    assert again.wake.detail == {"sent": [0]}
    again.fail(broken(retryable=True))
    cursor = Cursor.from_json(again.take_writes().cursor or {})
    third = begun(plan, cursor)
    assert third.wake is not None
    assert third.wake.detail == {"sent": [0]}
    third.fail(error)
    assert third.take_writes().status is RunStatus.FAILED


def test_a_failure_without_a_way_out_ends_the_run_at_its_node() -> None:
    progress = begun()
    progress.fail(broken())
    writes = progress.take_writes()
    assert (writes.status, writes.error["node"]) == (RunStatus.FAILED, "a")
    assert writes.cursor is not None
    assert writes.cursor["pending"] == ["a"]


def test_a_retry_parks_the_run_and_counts_the_try() -> None:
    progress = begun(plan_of({"t": {"out": ("a",)}}, Retry(attempts=3)))
    progress.fail(broken(retryable=True))
    writes = progress.take_writes()
    assert (writes.status, writes.wait_reason, writes.steps[0].status) == (
        RunStatus.WAITING,
        "retry",
        "retrying",
    )
    assert writes.due_at is not None
    assert writes.due_at > writes.steps[0].started_at
    assert writes.cursor["attempts"] == 1


def test_an_intent_is_stored_before_what_is_unsafe_and_gone_after_it() -> None:
    plan = plan_of({"t": {"out": ("unsafe",)}})
    progress = begun(plan)
    writes = progress.intend()
    assert writes is not None
    assert (writes.cursor["intent"], writes.steps[0].status) == ("unsafe", "running")
    progress.succeed(Emit("out", {}))
    assert "intent" not in progress.take_writes().cursor


def test_a_run_that_died_within_something_unsafe_waits_for_a_person() -> None:
    progress = progress_of(plan_of({"t": {"out": ("unsafe",)}}), Cursor(["unsafe"], intent="unsafe"))
    progress.pick_up(lost_leases=MOST_LOST_LEASES)
    writes = progress.take_writes()
    assert (writes.status, writes.due_at, writes.wait_reason) == (RunStatus.WAITING, None, "interrupted")
    assert writes.cursor["intent"] == "unsafe"


def test_a_run_is_cancelled_in_the_middle_of_a_step() -> None:
    progress = begun(cursor=Cursor(["a"], attempts=1))
    progress.cancel()
    writes = progress.take_writes()
    assert (writes.status, writes.error["code"]) == (RunStatus.CANCELLED, "cancelled")
    assert [(step.node_id, step.attempt, step.status) for step in writes.steps] == [
        ("a", 2, StepStatus.CANCELLED)
    ]


def test_a_run_between_two_nodes_is_cancelled_without_a_step() -> None:
    progress = progress_of()
    progress.cancel()
    assert progress.take_writes().steps == []


def test_the_log_ends_at_its_cap_over_all_pick_ups() -> None:
    progress = begun(cursor=Cursor(["a"], log_lines=MAX_LOG_LINES - 2))
    for number in range(5):
        progress.log("info", f"line {number}")
    lines = [line.text for line in progress.writes.logs]
    assert lines[0] == "line 0"
    assert len(lines) == 2
    assert "not kept" in lines[1]
    assert progress.take_writes().cursor["log_lines"] == MAX_LOG_LINES


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b", "a\nb"])
def test_nothing_that_a_database_refuses_reaches_it(text: str) -> None:
    progress = begun()
    progress.fail(NodeError("odd", text, hint=text))
    writes = progress.take_writes()
    stored = [writes.logs[0].text, writes.error["message"], writes.error["hint"]]
    for kept in stored:
        assert kept.isprintable()
        kept.encode()


def test_a_secret_in_an_error_is_masked() -> None:
    progress = begun()
    progress.fail(NodeError("odd", "It said password=hunter2 to us."))
    writes = progress.take_writes()
    assert "hunter2" not in str(writes.error) + writes.logs[0].text


def test_a_long_reason_to_wait_fits_its_column() -> None:
    progress = begun()
    progress.suspend(Suspend("r" * 100, datetime(2026, 1, 1, tzinfo=UTC)))
    limit = Run._meta.get_field("wait_reason").max_length
    assert limit is not None
    assert len(progress.take_writes().wait_reason) <= limit


def test_a_run_ends_with_a_final_status_only() -> None:
    with pytest.raises(ValueError, match="not a final"):
        progress_of().finish(RunStatus.WAITING)


def test_the_tables_of_states_are_whole() -> None:
    assert set(RUN_MOVES) == set(RunStatus)
    assert all(RUN_MOVES[status] == frozenset() for status in FINAL_RUN_STATUSES)
    assert {choice.value for choice in Run.Status} == set(RunStatus)
    assert {choice.value for choice in Step.Status} == set(StepStatus)
