"""A run can be cancelled wherever it stands, and ends within ten seconds."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from common.problems import Problem
from flows.models import QueueEntry, Run
from flows.sdk import Emit, NodeContext, NodeError, Record, Suspend
from flows.services.run_changes import changes_since
from flows.services.runs import PATIENCE_SECONDS, cancel_run, resume_run, retry_run
from flows.store.database import epoch_ms
from tests.support.flows import ADMIN, eventually, line, published, run_to_rest, running, started
from tests.support.spies import Spy

pytestmark = pytest.mark.django_db(transaction=True)
START = ("t", "spy-start", {})
A = ("a", "spy", {"name": "a"})
UNSAFE = ("a", "unsafe-spy", {"name": "a"})
SLOW = ("a", "slow-spy", {"name": "a"})


def steps(run: Run) -> list[tuple[str, int, str]]:
    return list(run.steps.order_by("id").values_list("node_id", "attempt", "status"))


def assert_cancelled_at_once(run: Run) -> None:
    cancel_run(actor=ADMIN, run=run)
    assert (run.status, run.error["code"]) == ("cancelled", "cancelled")
    assert run.finished_at is not None
    assert not QueueEntry.objects.filter(run=run).exists()


def test_a_queued_run_is_cancelled_at_once(spy: type[Spy]) -> None:
    run = started(published(line(START, A)))
    assert_cancelled_at_once(run)
    assert steps(run) == []


def test_a_run_that_waits_for_its_turn_is_cancelled_at_once_and_the_others_keep_theirs(
    spy: type[Spy],
) -> None:
    flow = published(line(START, A, settings={"concurrency": {"mode": "queue"}}))
    first, second, third = (started(flow) for _ in range(3))
    assert_cancelled_at_once(second)
    assert_cancelled_at_once(first)
    assert [entry.run_id for entry in QueueEntry.objects.filter(is_held=False)] == [third.id]


def test_a_run_that_waits_shows_its_step_as_cancelled_to_watchers(spy: type[Spy]) -> None:
    spy.behaviours["a"] = lambda ctx, record: Suspend("review")
    run = run_to_rest(started(published(line(START, A))))
    seen = changes_since(run.id, 0)
    assert seen is not None
    assert_cancelled_at_once(run)
    assert steps(run) == [("a", 1, "cancelled")]
    news = changes_since(run.id, seen.cursor)
    assert news is not None
    assert [(step.node_id, step.status) for step in news.steps] == [("a", "cancelled")]


def test_a_run_that_is_about_to_retry_is_cancelled_at_once(spy: type[Spy]) -> None:
    def busy(ctx: NodeContext, record: Record) -> Emit:
        raise NodeError("busy", "Busy.", retryable=True)

    spy.behaviours["a"] = busy
    run = started(published(line(START, A, a={"retry": {"attempts": 3, "first": "1h"}})))
    with running():
        eventually(lambda: Run.objects.get(id=run.id).status == "waiting", what="the run waits for its retry")
    assert_cancelled_at_once(run)
    assert steps(run) == [("a", 1, "retrying"), ("a", 2, "cancelled")]


def test_an_interrupted_run_is_cancelled_at_once(spy: type[Spy]) -> None:
    run = started(published(line(START, UNSAFE)))
    cursor = {"pending": ["a"], "seq": 1, "intent": "a", "key": str(run.id)}
    QueueEntry.objects.filter(run=run).update(owner="dead", fence=1, cursor=cursor)
    run_to_rest(run)
    assert run.wait_reason == "interrupted"
    assert_cancelled_at_once(run)
    assert steps(run) == [("a", 1, "cancelled")]


def test_a_run_at_work_is_cancelled_within_seconds(spy: type[Spy]) -> None:
    run = started(published(line(START, SLOW)))
    with running():
        eventually(lambda: spy.turns["a"], what="the slow node is at work")
        cancel_run(actor=ADMIN, run=run)
        eventually(lambda: Run.objects.get(id=run.id).status == "cancelled", what="the run is cancelled")
    assert steps(run) == [("a", 1, "cancelled")]


def test_a_run_on_a_worker_that_is_dead_is_cancelled_within_ten_seconds(spy: type[Spy]) -> None:
    run = started(published(line(START, A)))
    until = epoch_ms(datetime.now(UTC) + timedelta(minutes=10))
    QueueEntry.objects.filter(run=run).update(owner="dead", fence=3, due_ms=until)
    Run.objects.filter(id=run.id).update(status="running")
    cancel_run(actor=ADMIN, run=run)
    due_in = QueueEntry.objects.get().due_ms - epoch_ms(datetime.now(UTC))
    assert due_in <= PATIENCE_SECONDS * 1000
    begun = time.monotonic()
    with running():
        eventually(lambda: Run.objects.get(id=run.id).status == "cancelled", what="another worker cancels it")
    assert time.monotonic() - begun < 10
    assert spy.turns["a"] == 0


def test_a_run_that_is_over_cannot_be_cancelled(spy: type[Spy]) -> None:
    run = run_to_rest(started(published(line(START, A))))
    with pytest.raises(Problem) as caught:
        cancel_run(actor=ADMIN, run=run)
    assert caught.value.code == "run_is_over"


@pytest.mark.parametrize("again", [retry_run, resume_run])
@pytest.mark.parametrize(
    ("setting", "code"),
    [({"mode": "single"}, "already_running"), ({"mode": "parallel", "limit": 1}, "limit_reached")],
)
def test_going_on_keeps_to_what_the_flow_allows(spy: type[Spy], again: Any, setting: Any, code: str) -> None:
    def broken(ctx: NodeContext, record: Record) -> Emit:
        raise NodeError("broken", "It broke.")

    spy.behaviours["a"] = broken
    flow = published(line(START, A, settings={"concurrency": setting}))
    run = run_to_rest(started(flow))
    started(flow)
    with pytest.raises(Problem) as caught:
        again(actor=ADMIN, run=run)
    assert caught.value.code == code


@pytest.mark.parametrize("again", [retry_run, resume_run])
def test_going_on_waits_for_its_turn_where_runs_go_one_after_another(spy: type[Spy], again: Any) -> None:
    def broken(ctx: NodeContext, record: Record) -> Emit:
        raise NodeError("broken", "It broke.")

    spy.behaviours["a"] = broken
    flow = published(line(START, A, settings={"concurrency": {"mode": "queue"}}))
    run = run_to_rest(started(flow))
    started(flow)
    assert QueueEntry.objects.get(run=again(actor=ADMIN, run=run)).is_held


def test_a_cancelled_run_goes_on_from_its_step_whatever_was_decided_before(spy: type[Spy]) -> None:
    run = started(published(line(START, UNSAFE)))
    cursor = {"pending": ["a"], "seq": 1, "intent": "a", "verdict": "fail", "key": str(run.id)}
    QueueEntry.objects.filter(run=run).update(cursor=cursor)
    cancel_run(actor=ADMIN, run=run)
    again = run_to_rest(resume_run(actor=ADMIN, run=run))
    assert again.status == "succeeded"
    assert spy.turns["a"] == 1
