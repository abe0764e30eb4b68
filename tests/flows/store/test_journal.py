"""What runs write down: each under its fence, and a finished run never again."""

from datetime import UTC, datetime

import pytest

from flows.engine.states import RunStatus, StepStatus
from flows.models import LogLine, QueueEntry, Run, Step
from tests.support.rows import a_flow, a_run, claim, finished, going_on, log, parked, step, write

pytestmark = pytest.mark.django_db(transaction=True)


def claimed_run() -> tuple[Run, int]:
    run = a_run(a_flow())
    (claimed,) = claim()
    return run, claimed.fence


def test_a_second_change_of_a_try_replaces_the_first() -> None:
    run, fence = claimed_run()
    write(going_on(run.id, fence, steps=[step(StepStatus.RUNNING)]))
    started_at = Step.objects.get().started_at
    write(going_on(run.id, fence, steps=[step(StepStatus.SUCCEEDED, seq=2, port="out", output={"a": 1})]))
    kept = Step.objects.get()
    assert (kept.status, kept.seq, kept.port, kept.output) == ("succeeded", 2, "out", {"a": 1})
    assert kept.started_at == started_at


def test_two_changes_of_a_try_in_one_commit_leave_the_last() -> None:
    run, fence = claimed_run()
    write(going_on(run.id, fence, steps=[step(StepStatus.RUNNING), step(StepStatus.FAILED, seq=2)]))
    assert Step.objects.get().status == "failed"


def test_another_try_has_a_row_of_its_own() -> None:
    run, fence = claimed_run()
    write(going_on(run.id, fence, steps=[step(StepStatus.RETRYING), step(attempt=2, seq=2)]))
    assert list(Step.objects.order_by("id").values_list("attempt", "status")) == [
        (1, "retrying"),
        (2, "succeeded"),
    ]


def test_a_late_write_is_dropped_whole() -> None:
    run, fence = claimed_run()
    (newer,) = claim("other", later=60)
    late = finished(run.id, fence, steps=[step()], logs=[log(1)])
    good_run = a_run(a_flow())
    (good,) = claim("good")
    assert write(late, finished(good_run.id, good.fence)) == {run.id}
    assert (Step.objects.count(), LogLine.objects.count()) == (0, 0)
    assert Run.objects.get(id=run.id).status == "running"
    assert Run.objects.get(id=good_run.id).status == "succeeded"
    assert write(finished(run.id, newer.fence)) == set()


@pytest.mark.parametrize("status", [RunStatus.SUCCEEDED, RunStatus.FAILED, RunStatus.CANCELLED])
def test_a_finished_run_never_changes(status: RunStatus) -> None:
    run, fence = claimed_run()
    write(finished(run.id, fence, status))
    before = Run.objects.filter(id=run.id).values().get()
    for writes in (
        finished(run.id, fence, RunStatus.FAILED, steps=[step()]),
        parked(run.id, fence, 5),
        going_on(run.id, fence, logs=[log(1)]),
    ):
        assert write(writes) == {run.id}
    assert Run.objects.filter(id=run.id).values().get() == before
    assert not QueueEntry.objects.exists()
    assert not Step.objects.exists()


def test_a_commit_that_is_made_again_adds_nothing() -> None:
    run, fence = claimed_run()
    writes = going_on(run.id, fence, steps=[step()], logs=[log(1), log(2)])
    write(writes)
    assert write(writes) == set()
    assert (Step.objects.count(), LogLine.objects.count()) == (1, 2)


def test_a_run_that_was_cancelled_on_its_way_to_a_wait_is_due_at_once() -> None:
    run, fence = claimed_run()
    QueueEntry.objects.filter(run=run).update(cancel_requested=True)
    write(parked(run.id, fence, None))
    (again,) = claim()
    assert again.cancel_requested


def test_what_finished_steps_left_behind_comes_with_the_next_claim() -> None:
    run, fence = claimed_run()
    steps = [
        step(node="a", output={"x": 1}),
        step(node="b", seq=2),
        step(StepStatus.FAILED, node="c", seq=3, port="error", output={"error": {}}),
        step(StepStatus.RETRYING, node="d", seq=4),
        step(StepStatus.SKIPPED, node="e", seq=5),
    ]
    write(going_on(run.id, fence, steps=steps))
    (again,) = claim(later=60)
    assert again.outputs == {"a": {"x": 1}, "b": None, "c": {"error": {}}, "e": None}
    assert again.cursor == {"pending": ["n"], "seq": 1}


def test_a_failed_run_keeps_its_error_and_where_it_stood() -> None:
    run, fence = claimed_run()
    write(finished(run.id, fence, RunStatus.FAILED, error={"code": "broken"}))
    run.refresh_from_db()
    assert (run.error, run.last_cursor) == ({"code": "broken"}, {"pending": ["n"], "seq": 9})
    assert run.finished_at is not None
    assert run.finished_at <= datetime.now(UTC)


@pytest.mark.parametrize("text", ["Grüße 🎉", "line\nline", "\u0001", "a" * 10_000])
def test_both_databases_keep_the_same_text(text: str) -> None:
    run, fence = claimed_run()
    output = {"text": text, "big": 2**53, "nested": [None, True, 1.5, {"": "\u0000"}]}
    write(going_on(run.id, fence, steps=[step(output=output)], logs=[log(1, text)]))
    assert Step.objects.get().output == output
    assert LogLine.objects.get().text == text


def test_times_keep_their_microseconds() -> None:
    run, fence = claimed_run()
    change = step()
    write(going_on(run.id, fence, steps=[change]))
    assert Step.objects.get().started_at == change.started_at
    assert Run.objects.get(id=run.id).started_at <= datetime.now(UTC)
