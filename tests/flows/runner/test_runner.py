"""What a run does between its event and its end, on a real runner and a real database."""

from datetime import UTC, datetime, timedelta

import pytest

from flows.models import QueueEntry, Run, Step
from flows.sdk import Emit, NodeContext, NodeError, Record, Suspend
from flows.services.runs import cancel_run, decide_interrupted, resume_run, retry_run
from tests.support.flows import ADMIN, document, eventually, line, published, run_to_rest, running, started
from tests.support.spies import Spy

pytestmark = pytest.mark.django_db(transaction=True)
START = ("t", "spy-start", {})


def spy_node(name: str, kind: str = "spy") -> tuple[str, str, dict[str, str]]:
    return (name, kind, {"name": name})


def failing(code: str = "broken", *, retryable: bool = False) -> object:
    def fail(ctx: NodeContext, record: Record) -> Emit:
        raise NodeError(code, "It broke.", retryable=retryable)

    return fail


def statuses(run: Run) -> list[tuple[str, int, str]]:
    return list(run.steps.order_by("id").values_list("node_id", "attempt", "status"))


def test_nodes_have_their_turn_depth_first_and_in_edge_order(spy: type[Spy]) -> None:
    order: list[str] = []
    for name in "abcd":
        spy.behaviours[name] = lambda ctx, record, name=name: (order.append(name), Emit("out", record))[1]
    flow = published(
        document(
            [START, *(spy_node(name) for name in "abcd")],
            [("t", "out", "a"), ("a", "out", "b"), ("t", "out", "c"), ("c", "out", "d")],
        )
    )
    run = run_to_rest(started(flow))
    assert run.status == "succeeded"
    assert order == ["a", "b", "c", "d"]
    assert not QueueEntry.objects.exists()


def test_a_changed_record_reaches_the_nodes_behind_and_no_others(spy: type[Spy]) -> None:
    seen: dict[str, Record] = {}
    spy.behaviours["a"] = lambda ctx, record: Emit("out", {**record, "added": 1})
    for name in "bc":
        spy.behaviours[name] = lambda ctx, record, name=name: (
            seen.__setitem__(name, record),
            Emit("out", record),
        )[1]
    flow = published(
        document(
            [START, *(spy_node(name) for name in "abc")],
            [("t", "out", "a"), ("a", "out", "b"), ("t", "out", "c")],
        )
    )
    run_to_rest(started(flow, {"given": 0}))
    assert seen == {"b": {"given": 0, "added": 1}, "c": {"given": 0}}


def test_a_failure_without_error_port_fails_the_run_and_says_where(spy: type[Spy]) -> None:
    spy.behaviours["a"] = failing()
    run = run_to_rest(started(published(line(START, spy_node("a"), spy_node("b")))))
    assert run.status == "failed"
    assert (run.error["code"], run.error["node"]) == ("broken", "a")
    assert spy.turns["b"] == 0


def test_a_wired_error_port_takes_the_failure_with_its_reason(spy: type[Spy]) -> None:
    seen: list[Record] = []
    spy.behaviours["a"] = failing()
    spy.behaviours["b"] = lambda ctx, record: (seen.append(record), Emit("out", record))[1]
    flow = published(
        document([START, spy_node("a"), spy_node("b")], [("t", "out", "a"), ("a", "error", "b")])
    )
    run = run_to_rest(started(flow, {"id": 1}))
    assert run.status == "succeeded"
    assert seen[0]["id"] == 1
    assert seen[0]["error"]["code"] == "broken"


def test_an_exception_that_is_no_node_error_is_recorded_as_unexpected(spy: type[Spy]) -> None:
    spy.behaviours["a"] = lambda ctx, record: 1 / 0
    run = run_to_rest(started(published(line(START, spy_node("a")))))
    assert run.error["code"] == "unexpected"
    assert "ZeroDivisionError" in run.error["message"]


def test_a_retry_waits_as_a_row_and_keeps_the_idempotency_key(spy: type[Spy]) -> None:
    def flaky(ctx: NodeContext, record: Record) -> Emit:
        if spy.turns["a"] < 3:
            raise NodeError("busy", "Busy.", retryable=True)
        return Emit("out", record)

    spy.behaviours["a"] = flaky
    drawing = line(START, spy_node("a"), a={"retry": {"attempts": 5, "first": "50ms", "factor": 1}})
    run = run_to_rest(started(published(drawing)))
    assert run.status == "succeeded"
    assert statuses(run) == [("a", 1, "retrying"), ("a", 2, "retrying"), ("a", 3, "succeeded")]
    assert len(set(spy.keys["a"])) == 1


def test_retries_end_after_the_last_attempt(spy: type[Spy]) -> None:
    spy.behaviours["a"] = failing(retryable=True)
    drawing = line(START, spy_node("a"), a={"retry": {"attempts": 2, "first": "10ms", "factor": 1}})
    run = run_to_rest(started(published(drawing)))
    assert run.status == "failed"
    assert statuses(run) == [("a", 1, "retrying"), ("a", 2, "failed")]


def test_a_suspended_node_goes_on_behind_its_port_when_its_time_comes(spy: type[Spy]) -> None:
    spy.behaviours["a"] = lambda ctx, record: Suspend("sleep", ctx.clock.now() + timedelta(milliseconds=200))
    run = run_to_rest(started(published(line(START, spy_node("a"), spy_node("b"))), {"x": 1}))
    assert run.status == "succeeded"
    assert (spy.turns["a"], spy.turns["b"]) == (1, 1)
    step = Step.objects.get(run=run, node_id="a")
    assert step.finished_at is not None
    assert step.finished_at - step.started_at >= timedelta(milliseconds=150)


def test_a_wait_that_would_end_behind_an_unknown_port_fails_at_once(spy: type[Spy]) -> None:
    spy.behaviours["a"] = lambda ctx, record: Suspend("review", on_time="sideways")
    run = run_to_rest(started(published(line(START, spy_node("a")))))
    assert run.status == "failed"
    assert "'sideways'" in run.error["message"]


def test_a_step_past_its_time_limit_fails_and_says_so(spy: type[Spy]) -> None:
    run = run_to_rest(
        started(published(line(START, ("a", "slow-spy", {"name": "a"}), a={"timeout": "200ms"})))
    )
    assert run.error["code"] == "step_timed_out"


def test_cancelling_a_run_at_work_stops_it(spy: type[Spy]) -> None:
    run = started(published(line(START, ("a", "slow-spy", {"name": "a"}), spy_node("b"))))
    with running():
        eventually(lambda: spy.turns["a"], what="the slow node is at work")
        cancel_run(actor=ADMIN, run=run)
        eventually(lambda: Run.objects.get(id=run.id).status == "cancelled", what="the run is cancelled")
    assert spy.turns["b"] == 0
    assert statuses(run) == [("a", 1, "cancelled")]


def test_cancelling_a_run_that_waits_needs_no_worker(spy: type[Spy]) -> None:
    spy.behaviours["a"] = lambda ctx, record: Suspend("review")
    run = run_to_rest(started(published(line(START, spy_node("a")))))
    assert (run.status, run.wait_reason) == ("waiting", "review")
    cancel_run(actor=ADMIN, run=run)
    assert run.status == "cancelled"
    assert not QueueEntry.objects.exists()


def test_resuming_goes_on_from_the_failed_step_under_the_same_key(spy: type[Spy]) -> None:
    spy.behaviours["b"] = failing()
    run = run_to_rest(started(published(line(START, spy_node("a"), spy_node("b"), spy_node("c")))))
    del spy.behaviours["b"]
    again = run_to_rest(resume_run(actor=ADMIN, run=run))
    assert again.status == "succeeded"
    assert (spy.turns["a"], spy.turns["b"], spy.turns["c"]) == (1, 2, 1)
    assert len(set(spy.keys["b"])) == 1
    assert [node for node, _, _ in statuses(again)] == ["a", "b", "c"]
    run.refresh_from_db()
    assert run.status == "failed"


def test_retrying_begins_anew(spy: type[Spy]) -> None:
    spy.behaviours["b"] = failing()
    run = run_to_rest(started(published(line(START, spy_node("a"), spy_node("b")))))
    del spy.behaviours["b"]
    again = run_to_rest(retry_run(actor=ADMIN, run=run))
    assert again.status == "succeeded"
    assert spy.turns["a"] == 2
    assert again.retried_from_id == run.id


@pytest.mark.parametrize(
    ("decision", "status", "turns"),
    [("repeat", "succeeded", 1), ("skip", "succeeded", 0), ("fail", "failed", 0)],
)
def test_an_interrupted_unsafe_step_waits_for_a_person(
    spy: type[Spy], decision: str, status: str, turns: int
) -> None:
    run = started(published(line(START, spy_node("a", "unsafe-spy"), spy_node("b"))))
    left_in_the_middle(run, "a")
    run_to_rest(run)
    assert (run.status, run.wait_reason) == ("waiting", "interrupted")
    assert statuses(run) == [("a", 1, "interrupted")]
    assert spy.turns["a"] == 0
    decide_interrupted(actor=ADMIN, run=run, node="a", decision=decision)
    run_to_rest(run)
    assert run.status == status
    assert spy.turns["a"] == turns


def left_in_the_middle(run: Run, node: str) -> None:
    """What a worker leaves behind that died after it committed its intent."""
    QueueEntry.objects.filter(run=run).update(
        owner="dead", fence=1, cursor={"pending": [node], "seq": 1, "intent": node, "key": str(run.id)}
    )
    Step.objects.create(
        run=run, node_id=node, attempt=1, seq=1, status="running", started_at=datetime.now(UTC)
    )


def test_a_run_whose_worker_dies_again_and_again_fails_instead_of_looping(spy: type[Spy]) -> None:
    run = started(published(line(START, spy_node("a"))))
    QueueEntry.objects.filter(run=run).update(owner="dead", lost_leases=3)
    run_to_rest(run)
    assert run.error["code"] == "worker_lost"
    assert spy.turns["a"] == 0


def test_a_version_that_no_longer_compiles_fails_its_runs_with_the_reason(spy: type[Spy]) -> None:
    from flows.sdk import node_types

    run = started(published(line(START, spy_node("a"))))
    node_types.remove("spy")
    run_to_rest(run)
    assert run.error["code"] == "version_unusable"
