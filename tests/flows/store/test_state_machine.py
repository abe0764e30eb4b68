"""Whatever workers, people and crashes do to queue and journal, in any order: these things hold."""

from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from flows.engine.states import FINAL_RUN_STATUSES, RUN_MOVES, RunStatus
from flows.models import QueueEntry, Run, Step
from flows.services.runs import _cancel
from flows.store import queue
from flows.store.sweep import promote_stuck
from tests.support.rows import a_flow, a_run, claim, finished, going_on, parked, step, write

OWNERS = ("one", "two", "three")
LEASE = 15.0


class QueueMachine(RuleBasedStateMachine):
    """Three workers, one flow whose runs go one after another, one whose runs do not."""

    def __init__(self) -> None:
        super().__init__()
        for model in (Step, QueueEntry, Run):
            model.objects.all().delete()
        self.flow, self.in_line = a_flow(), a_flow()
        self.now = 0.0
        self.accepted: set[UUID] = set()
        self.seen: dict[UUID, RunStatus] = {}
        self.final: dict[UUID, Any] = {}
        self.newest: dict[UUID, int] = {}
        self.held: list[tuple[UUID, int, str]] = []
        self.dead: set[str] = set()

    def _note(self) -> None:
        """Every change of a status is a move that the table allows, and what is final stays as it is."""
        for row in Run.objects.values():
            status = RunStatus(row["status"])
            before = self.seen.setdefault(row["id"], RunStatus.QUEUED)
            assert status is before or status in RUN_MOVES[before], f"{before} → {status}"
            self.seen[row["id"]] = status
            if status in FINAL_RUN_STATUSES:
                assert self.final.setdefault(row["id"], row) == row

    @rule(in_line=st.booleans())
    def accept(self, in_line: bool) -> None:
        self.accepted.add(a_run(self.in_line if in_line else self.flow, is_held=in_line).id)

    @rule(owner=st.sampled_from(OWNERS), limit=st.integers(1, 3))
    def claim(self, owner: str, limit: int) -> None:
        promote_stuck()
        for run in claim(owner, limit, LEASE, later=self.now):
            assert run.fence > self.newest.get(run.run_id, 0), "a fence is given out once"
            assert run.run_id not in self.final
            self.newest[run.run_id] = run.fence
            self.held.append((run.run_id, run.fence, owner))

    @rule(seconds=st.sampled_from([1.0, LEASE, 60.0]))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @precondition(lambda self: self.held)
    @rule(data=st.data(), how=st.sampled_from(["go on", "park", "park for someone", *FINAL_RUN_STATUSES]))
    def work(self, data: st.DataObject, how: str) -> None:
        place = data.draw(st.integers(0, len(self.held) - 1))
        run_id, fence, _ = self.held[place]
        writes = {
            "go on": lambda: going_on(run_id, fence, steps=[step(seq=fence)]),
            "park": lambda: parked(run_id, fence, self.now + 5),
            "park for someone": lambda: parked(run_id, fence, None),
        }.get(how, lambda: finished(run_id, fence, RunStatus(how)))()
        entry = QueueEntry.objects.filter(run_id=run_id).first()
        may_write = entry is not None and fence == self.newest[run_id] == entry.fence
        assert (write(writes) == set()) == may_write
        if how != "go on":
            del self.held[place]

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def crash(self, data: st.DataObject) -> None:
        """The worker forgets what it holds."""
        del self.held[data.draw(st.integers(0, len(self.held) - 1))]

    @rule(owner=st.sampled_from(OWNERS))
    def renew(self, owner: str) -> None:
        mine = [run_id for run_id, _, who in self.held if who == owner]
        if mine:
            queue.renew(owner, mine, self.now + LEASE)

    @precondition(lambda self: self.accepted)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        run_id = data.draw(st.sampled_from(sorted(self.accepted)))
        with transaction.atomic():
            assert _cancel(run_id, "Enough.") == (run_id not in self.final)

    @invariant()
    def nothing_is_lost_and_nothing_final_changes(self) -> None:
        self._note()
        queued = set(QueueEntry.objects.values_list("run_id", flat=True))
        assert queued == self.accepted - set(self.final), (
            "an open run has a queue entry, a finished one has none"
        )

    @invariant()
    def one_run_of_the_line_has_its_turn(self) -> None:
        assert QueueEntry.objects.filter(flow_id=self.in_line.id, is_held=False).count() <= 1

    def teardown(self) -> None:
        """However it went: what waits for someone can be cancelled, and all the rest comes to its end."""
        for run_id in QueueEntry.objects.filter(due_ms=None).values_list("run_id", flat=True):
            with transaction.atomic():
                _cancel(run_id, "Enough.")
        for _ in range(len(self.accepted) + 1):
            promote_stuck()
            self.now += 1_000
            claimed = claim("last", 100, LEASE, later=self.now)
            self._note()
            for run in claimed:
                write(finished(run.run_id, run.fence))
                self._note()
        assert set(Run.objects.values_list("status", flat=True)) <= set(FINAL_RUN_STATUSES)
        super().teardown()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_no_order_of_events_breaks_queue_and_journal() -> None:
    run_state_machine_as_test(
        QueueMachine,
        settings=settings(
            max_examples=30, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
