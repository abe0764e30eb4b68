"""The lines of a step reach whoever watches while it is at work: in order, each once, also for one who comes late."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from accounts.models import User
from flows.models import LogLine, QueueEntry, Step
from flows.runner import live
from flows.sdk import Emit, Kind, Node, NodeConfig, NodeContext, NodeMeta, Record, node, node_types
from tests.flows.live.test_sockets import heard, opened, quick  # noqa: F401  # a fixture
from tests.support.flows import RunnerInThread, eventually, line, published, run_to_rest, running, started
from tests.support.spies import spies

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


class Talker(Node):
    """Says what the test lets it say, from a thread."""

    meta = NodeMeta(
        "talker", Kind.ACTION, "Talker", "Talks.", "eye", durable=True, blocking=True, outside=True
    )
    Config = NodeConfig
    lines: list[int]
    go_on: threading.Event

    def run(self, ctx: NodeContext, config: Any, record: Record) -> Emit:
        """Say the lines, each after its pause."""
        for number, count in enumerate(type(self).lines):
            for each in range(count):
                ctx.log.info(f"{number}.{each}")
            assert type(self).go_on.wait(20)
        return Emit("out", record)


@pytest.fixture(autouse=True)
def _talking() -> Iterator[None]:
    Talker.go_on, Talker.lines = threading.Event(), [3]
    with spies():
        node(Talker)
        yield
        node_types.remove("talker")


def talking() -> Any:
    return published(line(("t", "spy-start", {}), ("a", "talker", {}), ("b", "spy", {"name": "b"})))


async def test_lines_come_while_the_step_works_and_none_is_missing_or_twice(
    platform_admin: User,
) -> None:
    Talker.lines = [250, 5]
    run = await sync_to_async(lambda: started(talking()))()
    seen: list[tuple[int, str]] = []
    late: list[tuple[int, str]] = []
    worker = RunnerInThread()
    try:
        early = await opened(f"/ws/v1/runs/{run.id}/", platform_admin)
        await _until(early, seen, 250)
        assert (await Step.objects.aget(run=run, node_id="a")).status == "running"
        other = await opened(f"/ws/v1/runs/{run.id}/", platform_admin)
        await _until(other, late, 250)
        Talker.go_on.set()
        await _until(early, seen, 255)
        await _until(other, late, 255)
        await early.disconnect()
        await other.disconnect()
    finally:
        Talker.go_on.set()
        await asyncio.to_thread(worker.stop)
    assert seen == late
    assert [text for _, text in seen] == [f"0.{n}" for n in range(250)] + [f"1.{n}" for n in range(5)]
    assert [seq for seq, _ in seen] == sorted({seq for seq, _ in seen})


def test_many_lines_are_not_kept_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "SECONDS", 60)
    Talker.lines = [100]
    run = started(talking())
    with running():
        eventually(lambda: LogLine.objects.filter(run=run).count() == 100, what="the lines are there")
        Talker.go_on.set()


def test_a_step_that_is_repeated_after_a_crash_writes_behind_its_first_lines() -> None:
    """What was put down while it worked holds the place of the next line, and counts for no progress of the run."""
    run = started(talking())
    with running():
        eventually(lambda: LogLine.objects.filter(run=run).count() == 3, what="the lines are there")
        QueueEntry.objects.filter(run=run).update(lost_leases=2, fence=99)
        Talker.go_on.set()
        eventually(lambda: not QueueEntry.objects.filter(run=run, owner="x").exists(), what="it is dropped")
    QueueEntry.objects.filter(run=run).update(owner="", due_ms=0)
    rested = run_to_rest(run)
    assert rested.status == "succeeded"
    texts = list(LogLine.objects.filter(run=run).order_by("seq").values_list("text", flat=True))
    assert texts == ["0.0", "0.1", "0.2"] * 2


def test_lines_past_the_cap_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.engine.progress.MAX_LOG_LINES", 20)
    Talker.lines = [500]
    Talker.go_on.set()
    run = run_to_rest(started(talking()))
    texts = list(LogLine.objects.filter(run=run).order_by("seq").values_list("text", flat=True))
    assert (run.status, len(texts)) == ("succeeded", 20)
    assert texts[-1].startswith("The log is full")


async def _until(connection: Any, seen: list[tuple[int, str]], count: int) -> None:
    while len(seen) < count:
        message = await heard(connection)
        seen += [(entry["seq"], entry["text"]) for entry in message["logs"]]
