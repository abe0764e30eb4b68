"""A node that waits for something outside: it parks its run, looks again, and ends what it waits for on a cancel."""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from flows.models import LogLine, QueueEntry, Run, Step
from flows.sdk import Emit, NodeContext, NodeError, Record, Result, Suspend, Wake
from flows.sdk.results import MAX_DETAIL_BYTES
from flows.services.runs import cancel_run, resume_run
from tests.support.flows import ADMIN, eventually, line, published, run_to_rest, running, started
from tests.support.spies import PollingSpy, Spy

pytestmark = pytest.mark.django_db(transaction=True)
START = ("t", "spy-start", {})
A = ("a", "polling-spy", {"name": "a"})
B = ("b", "spy", {"name": "b"})
SOON = timedelta(milliseconds=50)
LATER = timedelta(hours=1)


def waiting(detail: dict[str, Any], after: timedelta = SOON) -> Callable[..., Result]:
    return lambda ctx, *_: Suspend("build", ctx.clock.now() + after, on_time=None, detail=detail)


def polled(run: Run) -> list[tuple[str, int, str]]:
    return list(run.steps.filter(node_id="a").order_by("id").values_list("node_id", "attempt", "status"))


def parked(detail: dict[str, Any]) -> Run:
    Spy.behaviours["a"] = waiting(detail, LATER)
    run = started(published(line(START, A, B)))
    with running():
        eventually(lambda: Run.objects.get(id=run.id).wait_reason == "build", what="the run waits")
    return run


def test_it_has_its_turn_again_with_what_it_left_until_it_answers(spy: type[Spy]) -> None:
    def look(ctx: NodeContext, record: Record, wake: Wake) -> Result:
        seen = int(str(wake.detail["seen"]))
        if seen < 3:
            return waiting({"seen": seen + 1})(ctx)
        return Emit("out", {**record, "seen": seen})

    spy.behaviours["a"] = waiting({"seen": 1})
    PollingSpy.polls["a"] = look
    run = run_to_rest(started(published(line(START, A, B)), {"x": 1}))
    assert run.status == "succeeded"
    assert (spy.turns["a"], spy.turns["b"]) == (1, 1)
    assert [wake.detail for wake in PollingSpy.wakes] == [{"seen": 1}, {"seen": 2}, {"seen": 3}]
    assert len({wake.since for wake in PollingSpy.wakes}) == 1
    step = Step.objects.get(run=run, node_id="a")
    assert (step.attempt, step.status, step.output) == (1, "succeeded", {"x": 1, "seen": 3})


def test_a_look_that_fails_for_a_moment_is_repeated_with_the_same_detail_and_counted_anew(
    spy: type[Spy],
) -> None:
    outcomes = iter([None, "down", None, "down", "done"])

    def look(ctx: NodeContext, record: Record, wake: Wake) -> Result:
        outcome = next(outcomes)
        if outcome == "down":
            raise NodeError("down", "It is down.", retryable=True)
        return Emit("out", record) if outcome else waiting(dict(wake.detail))(ctx)

    spy.behaviours["a"] = waiting({"build": 7})
    PollingSpy.polls["a"] = look
    retry = {"retry": {"attempts": 2, "first": "10ms", "factor": 1}}
    run = run_to_rest(started(published(line(START, A, a=retry))))
    assert run.status == "succeeded"
    assert [wake.detail for wake in PollingSpy.wakes] == [{"build": 7}] * 5
    assert spy.turns["a"] == 1


def test_a_look_that_goes_on_failing_fails_the_step(spy: type[Spy]) -> None:
    def look(ctx: NodeContext, record: Record, wake: Wake) -> Result:
        raise NodeError("down", "It is down.", retryable=True)

    spy.behaviours["a"] = waiting({"build": 7})
    PollingSpy.polls["a"] = look
    retry = {"retry": {"attempts": 2, "first": "10ms", "factor": 1}}
    run = run_to_rest(started(published(line(START, A, a=retry))))
    assert (run.status, run.error["code"]) == ("failed", "down")
    assert len(PollingSpy.wakes) == 2
    assert polled(run)[-1][2] == "failed"


def test_going_on_from_a_failed_wait_begins_the_step_anew(spy: type[Spy]) -> None:
    def look(ctx: NodeContext, record: Record, wake: Wake) -> Result:
        raise NodeError("gone", "The build is gone.")

    spy.behaviours["a"] = waiting({"build": 7})
    PollingSpy.polls["a"] = look
    run = run_to_rest(started(published(line(START, A))))
    PollingSpy.polls["a"] = lambda ctx, record, wake: Emit("out", record)
    again = run_to_rest(resume_run(actor=ADMIN, run=run))
    assert again.status == "succeeded"
    assert spy.turns["a"] == 2


def test_a_worker_that_dies_in_a_look_leaves_the_wait_to_the_next_one(spy: type[Spy]) -> None:
    run = parked({"build": 7})
    PollingSpy.polls["a"] = lambda ctx, record, wake: Emit("out", record)
    QueueEntry.objects.filter(run=run).update(owner="dead", fence=9, due_ms=0)
    assert run_to_rest(run).status == "succeeded"
    assert [wake.detail for wake in PollingSpy.wakes] == [{"build": 7}]


def test_a_look_that_kills_its_worker_again_and_again_fails_the_run(spy: type[Spy]) -> None:
    run = parked({"build": 7})
    QueueEntry.objects.filter(run=run).update(owner="dead", fence=9, due_ms=0, lost_leases=3)
    run = run_to_rest(run)
    assert (run.status, run.error["code"]) == ("failed", "worker_lost")
    assert PollingSpy.wakes == []


def test_cancelling_ends_what_it_waits_for(spy: type[Spy]) -> None:
    run = parked({"build": 7})
    with running():
        cancel_run(actor=ADMIN, run=run)
        eventually(lambda: Run.objects.get(id=run.id).status == "cancelled", what="the run is cancelled")
    assert PollingSpy.stopped == [{"build": 7}]
    assert polled(run) == [("a", 1, "cancelled")]
    assert not QueueEntry.objects.exists()


def test_a_plain_stop_has_a_thread_of_those_for_calls_outside(
    spy: type[Spy], monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[str] = []

    def stop(self: Any, ctx: NodeContext, config: Any, record: Record, detail: Any) -> None:
        threads.append(threading.current_thread().name)

    run = parked({"build": 7})
    monkeypatch.setattr(PollingSpy, "stop", stop)
    monkeypatch.setattr(PollingSpy, "meta", replace(PollingSpy.meta, outside=True))
    with running():
        cancel_run(actor=ADMIN, run=run)
        eventually(lambda: Run.objects.get(id=run.id).status == "cancelled", what="the run is cancelled")
    assert [name.partition("_")[0] for name in threads] == ["outside"]


def test_what_cannot_be_ended_is_told_in_the_log_and_the_run_is_cancelled(spy: type[Spy]) -> None:
    run = parked({"cannot be stopped": True})
    with running():
        cancel_run(actor=ADMIN, run=run)
        eventually(lambda: Run.objects.get(id=run.id).status == "cancelled", what="the run is cancelled")
    texts = LogLine.objects.filter(run=run).values_list("text", flat=True)
    assert any("could not be stopped: It goes on." in text for text in texts)


def test_cancelling_in_the_middle_of_a_look_ends_it_too(spy: type[Spy]) -> None:
    looking = asyncio.Event()

    async def look(ctx: NodeContext, record: Record, wake: Wake) -> Result:
        looking.set()
        await asyncio.sleep(3600)
        return Emit("out", record)

    run = parked({"build": 7})
    PollingSpy.polls["a"] = look
    QueueEntry.objects.filter(run=run).update(due_ms=0)
    with running():
        eventually(looking.is_set, what="it looks")
        cancel_run(actor=ADMIN, run=run)
        eventually(lambda: Run.objects.get(id=run.id).status == "cancelled", what="the run is cancelled")
    assert PollingSpy.stopped == [{"build": 7}]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Suspend("build", on_time=None), "a wait that nothing ends"),
        (Suspend("build", detail={"text": "x" * MAX_DETAIL_BYTES}), "is the most"),
        (Suspend("build", detail={"odd": object()}), "not plain JSON"),  # type: ignore[dict-item]
    ],
)
def test_a_wait_that_could_not_be_kept_fails_at_once(spy: type[Spy], answer: Suspend, said: str) -> None:
    spy.behaviours["a"] = lambda ctx, record: answer
    run = run_to_rest(started(published(line(START, A))))
    assert (run.status, run.error["code"]) == ("failed", "unexpected")
    assert said in run.error["message"]


def test_a_node_without_resume_cannot_ask_to_be_called_again(spy: type[Spy]) -> None:
    spy.behaviours["b"] = waiting({})
    run = run_to_rest(started(published(line(START, B))))
    assert "has no `resume`" in run.error["message"]
