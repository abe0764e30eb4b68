"""Runs that were at work when workers died are tried one at a time: the one that kills workers fails, no other."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, ClassVar

import pytest

from flows.models import QueueEntry, Run
from flows.runner import driver
from flows.sdk import Emit, Kind, NodeContext, NodeMeta, Record, node, node_types
from tests.support.flows import eventually, line, published, running, started
from tests.support.spies import Spy

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


class Waiting(Spy):
    """A step that waits until the test lets it go on, and tells how many are at work beside one another."""

    meta = NodeMeta("waiting-spy", Kind.ACTION, "Waiting", "Steered.", "eye", durable=True)
    go_on: ClassVar[set[str]] = set()
    at_work: ClassVar[list[str]] = []
    most: ClassVar[int] = 0

    async def run(self, ctx: NodeContext, config: Any, record: Record) -> Emit:
        """Until it may."""
        self.at_work.append(ctx.run_id)
        type(self).most = max(self.most, len(self.at_work))
        try:
            while not self.go_on & {ctx.run_id, "all"}:
                await asyncio.sleep(0.01)
        finally:
            self.at_work.remove(ctx.run_id)
        return Emit("out", record)


@pytest.fixture(autouse=True)
def waiting(spy: type[Spy]) -> Iterator[None]:
    """Its type, and a clean slate."""
    node(Waiting)
    Waiting.go_on, Waiting.at_work, Waiting.most = set(), [], 0
    yield
    node_types.remove("waiting-spy")


def lost(count: int, leases: int) -> list[Run]:
    """Runs whose workers died; the claim that comes counts the last of the deaths."""
    flow = published(line(("t", "spy-start", {}), ("w", "waiting-spy", {})))
    runs = [started(flow) for _ in range(count)]
    QueueEntry.objects.filter(run__in=runs).update(owner="dead", lost_leases=leases - 1, due_ms=0)
    return runs


def all_ended(runs: list[Run]) -> bool:
    return not QueueEntry.objects.filter(run__in=runs).exists()


def test_after_the_first_death_all_go_on_together() -> None:
    runs = lost(5, leases=1)
    with running():
        eventually(lambda: len(Waiting.at_work) == 5, what="all are at work")
        Waiting.go_on.add("all")
        eventually(lambda: all_ended(runs), what="they end")


def test_after_the_second_one_is_tried_at_a_time_beside_runs_that_are_not_suspected() -> None:
    suspects, others = lost(5, leases=2), [started(lost(1, leases=1)[0].flow)]
    with running():
        eventually(lambda: len(Waiting.at_work) == 3, what="one of them and the others are at work")
        assert len({str(run.id) for run in suspects} & set(Waiting.at_work)) == 1
        Waiting.go_on.update(str(run.id) for run in suspects)
        eventually(lambda: all_ended(suspects), what="each is tried")
        assert Waiting.most == 3
        Waiting.go_on.add("all")
        eventually(lambda: all_ended(others), what="the others end")
    assert set(Run.objects.values_list("status", flat=True)) == {"succeeded"}


def test_one_that_works_for_long_holds_up_no_other_suspect(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "TRIAL", timedelta(seconds=0.2))
    runs = lost(3, leases=3)
    with running():
        eventually(lambda: len(Waiting.at_work) == 3, what="all are at work")
        Waiting.go_on.add("all")
        eventually(lambda: all_ended(runs), what="they end")
    assert set(Run.objects.values_list("status", flat=True)) == {"succeeded"}


def test_one_that_got_further_is_no_suspect_any_more() -> None:
    flow = published(line(("t", "spy-start", {}), ("a", "spy", {"name": "a"}), ("w", "waiting-spy", {})))
    runs = [started(flow) for _ in range(3)]
    QueueEntry.objects.update(owner="dead", lost_leases=2, due_ms=0)
    with running():
        eventually(lambda: len(Waiting.at_work) == 3, what="all are at their second step")
        assert set(QueueEntry.objects.values_list("lost_leases", flat=True)) == {0}
        Waiting.go_on.add("all")
        eventually(lambda: all_ended(runs), what="they end")


def test_who_kills_its_worker_while_it_is_tried_fails() -> None:
    (run,) = lost(1, leases=4)
    with running():
        eventually(lambda: all_ended([run]), what="it ends")
    run.refresh_from_db()
    assert (run.status, run.error["code"]) == ("failed", "worker_lost")
    assert Waiting.most == 0
