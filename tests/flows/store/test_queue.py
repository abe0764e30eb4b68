"""Claims, leases and fences."""

import threading
from datetime import UTC, datetime
from math import inf

import pytest
from django.db import connection, transaction

from flows.models import QueueEntry, Run
from flows.store import queue
from flows.store.database import epoch_ms, key
from flows.store.sweep import promote_stuck
from tests.support.rows import a_flow, a_run, claim, finished, parked, write

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_claim_takes_what_is_due_oldest_first() -> None:
    flow = a_flow()
    young, _later, old = (a_run(flow, due_in=seconds) for seconds in (-1, 60, -9))
    a_run(flow, due_in=None)
    a_run(flow, due_in=-20, is_held=True)
    assert [run.run_id for run in claim(limit=1)] == [old.id]
    assert [run.run_id for run in claim()] == [young.id]
    assert claim() == []


def test_a_claimed_run_is_running_and_knows_its_event() -> None:
    run = a_run(a_flow())
    (claimed,) = claim()
    run.refresh_from_db()
    assert (run.status, run.started_at is not None) == ("running", True)
    assert (claimed.payload, claimed.cursor, claimed.fence, claimed.lost_leases) == ({"id": 1}, None, 1, 0)


def test_claims_of_many_threads_never_overlap() -> None:
    flow = a_flow()
    wanted = {a_run(flow).id for _ in range(60)}
    begin = threading.Barrier(4)
    taken: list[list[object]] = []
    errors: list[Exception] = []

    def work(owner: str) -> None:
        try:
            begin.wait()
            while batch := claim(owner, limit=7):
                taken.append([run.run_id for run in batch])
        except Exception as error:  # noqa: BLE001
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(f"w{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for batch in iter(lambda: claim("rest"), []):
        taken.append([run.run_id for run in batch])
    assert not errors
    flat = [run_id for batch in taken for run_id in batch]
    assert len(flat) == len(set(flat))
    assert set(flat) == wanted


def test_lost_leases_are_counted_until_the_run_gets_further() -> None:
    run = a_run(a_flow())
    claim()
    assert [claim(later=20 * turn)[0].lost_leases for turn in (1, 2)] == [1, 2]
    fence = QueueEntry.objects.get(run=run).fence
    write(parked(run.id, fence, 0))
    assert claim(later=50)[0].lost_leases == 0


def test_a_lease_is_renewed_by_its_owner_alone() -> None:
    run = a_run(a_flow())
    claim("me", lease=1)
    queue.renew("other", [run.id], 100)
    assert QueueEntry.objects.get().due_ms < epoch_ms(datetime.now(UTC)) + 2_000
    queue.renew("me", [run.id], 100)
    assert QueueEntry.objects.get().due_ms > epoch_ms(datetime.now(UTC)) + 90_000


def test_releasing_gives_back_ones_own_runs_without_counting_them_as_lost() -> None:
    flow = a_flow()
    mine, theirs = a_run(flow, due_in=-5), a_run(flow)
    claim("me", limit=1)
    claim("them")
    assert queue.release("me", datetime.now(UTC)) == 1
    (again,) = claim("other")
    assert (again.run_id, again.lost_leases, again.fence) == (mine.id, 0, 2)
    assert QueueEntry.objects.get(run=theirs).owner == "them"


def test_the_leases_of_a_dead_owner_end_at_once_and_count_as_lost() -> None:
    flow = a_flow()
    of_the_dead, theirs = a_run(flow, due_in=-5), a_run(flow)
    claim("dead", limit=1)
    claim("them")
    assert queue.expire("dead", datetime.now(UTC)) == 1
    (again,) = claim("other")
    assert (again.run_id, again.lost_leases, again.fence) == (of_the_dead.id, 1, 2)
    assert QueueEntry.objects.get(run=theirs).owner == "them"


def test_the_next_in_a_queue_comes_forward_when_the_one_before_ends() -> None:
    flow = a_flow()
    first, second, third = (a_run(flow, is_held=held) for held in (False, True, True))
    (claimed,) = claim()
    assert claimed.run_id == first.id
    write(finished(first.id, claimed.fence))
    assert [run.run_id for run in claim()] == [second.id]
    assert QueueEntry.objects.get(run=third).is_held


def test_a_turn_that_was_missed_is_given_by_the_sweeper() -> None:
    flow = a_flow()
    first, _second = a_run(flow, is_held=True), a_run(flow, is_held=True)
    other = a_flow()
    a_run(other, due_in=100)
    held = a_run(other, is_held=True)
    promote_stuck()
    assert [run.run_id for run in claim()] == [first.id]
    assert QueueEntry.objects.get(run=held).is_held


def test_a_row_that_cannot_be_read_is_handed_out_as_damaged_with_the_others() -> None:
    flow = a_flow()
    bad, good = a_run(flow), a_run(flow)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE flows_queueentry SET cursor = '{' WHERE run_id = %s", [key(bad.id)])
    claimed = {run.run_id: run.damage for run in claim()}
    assert claimed[good.id] == ""
    assert claimed[bad.id]


def test_wishes_to_cancel_are_seen_by_the_owner_alone() -> None:
    run = a_run(a_flow(), cancel_requested=True)
    claim("me")
    assert queue.cancel_requests("me") == {run.id}
    assert queue.cancel_requests("other") == set()


def test_a_parked_run_is_due_again_when_its_time_has_come() -> None:
    run = a_run(a_flow())
    (claimed,) = claim()
    write(parked(run.id, claimed.fence, 30))
    assert Run.objects.get().status == "waiting"
    assert claim(later=29) == []
    assert [again.run_id for again in claim(later=31)] == [run.id]
    assert Run.objects.get().due_at is None


def test_it_is_known_when_the_next_run_is_due() -> None:
    assert queue.seconds_to_due(datetime.now(UTC)) == inf
    flow = a_flow()
    a_run(flow, due_in=None)
    a_run(flow, due_in=-1, is_held=True)
    assert queue.seconds_to_due(datetime.now(UTC)) == inf
    a_run(flow, due_in=30)
    assert 29 < queue.seconds_to_due(datetime.now(UTC)) <= 30
    a_run(flow, due_in=-2)
    assert queue.seconds_to_due(datetime.now(UTC)) <= -2


def test_one_suspect_is_handed_out_at_a_time_and_only_where_it_may_be() -> None:
    flow = a_flow()
    suspects = {a_run(flow, owner="dead", lost_leases=1).id for _ in range(3)}
    others = {a_run(flow).id, a_run(flow, owner="dead").id, a_run(flow, lost_leases=1).id}
    taken = claim("one")
    assert others < {run.run_id for run in taken}
    assert [run.run_id in suspects for run in taken if run.is_suspect] == [True]
    assert [run.lost_leases for run in claim("other")] == [2]
    with transaction.atomic(), connection.cursor() as cursor:
        assert (
            queue.claim(cursor, owner="x", limit=9, lease_seconds=9, now=datetime.now(UTC), suspect=False)
            == []
        )
    assert len(claim("other", limit=1)) == 1
