"""A target that never answers takes its own share of the threads, gives them back in time, and is named."""

import threading
import time
from collections.abc import Iterator
from typing import Any, ClassVar

import pytest

from common.egress import EgressPolicy, PolicySource
from flows.engine.errands import TIMED_OUT
from flows.models import LogLine, Run
from flows.runner import errands
from flows.runner import outside as outside_module
from flows.sdk import (
    Choice,
    Emit,
    Kind,
    Node,
    NodeConfig,
    NodeContext,
    NodeMeta,
    Record,
    node,
    node_types,
    ui,
)
from flows.services.choices import ask_choices
from flows.services.errands import wait_for
from tests.support.flows import ADMIN, eventually, line, published, run_to_rest, running, started
from tests.support.silence import SilentPeer
from tests.support.spies import Spy

pytestmark = pytest.mark.django_db(transaction=True)
START = ("t", "spy-start", {})


class UrlConfig(NodeConfig):
    """Whom to ask."""

    url: str = ui(label="URL", choices_from=())


class BlockingAsk(Node):
    """Asks over a session."""

    meta = NodeMeta(
        "blocking-ask", Kind.ACTION, "Ask", "Asks.", "eye", durable=True, blocking=True, outside=True
    )
    Config = UrlConfig
    back: ClassVar[threading.Semaphore] = threading.Semaphore(0)
    threads: ClassVar[list[str]] = []

    def run(self, ctx: NodeContext, config: Any, record: Record) -> Emit:
        """Wait for an answer that does not come, and say something afterwards."""
        try:
            ctx.net.session().get(config.url)
        finally:
            ctx.log.info("A word that is late.")
            self.back.release()
        return Emit("out", record)

    def choices(self, name: str, ctx: NodeContext, config: Any, search: str) -> list[Choice]:  # type: ignore[override]
        """Ask for a list that does not come."""
        self.threads.append(threading.current_thread().name)
        self.run(ctx, UrlConfig(url=search), {})
        return []


class AsyncAsk(Node):
    """Asks over the HTTP client."""

    meta = NodeMeta("async-ask", Kind.ACTION, "Ask", "Asks.", "eye", durable=True)
    Config = UrlConfig

    async def run(self, ctx: NodeContext, config: Any, record: Record) -> Emit:
        """Wait for an answer that does not come."""
        await ctx.http.request("GET", config.url)
        return Emit("out", record)


@pytest.fixture(autouse=True)
def _asking(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("common.egress.policy._source", PolicySource(lambda: EgressPolicy.of(["127.0.0.1"])))
    BlockingAsk.back, BlockingAsk.threads = threading.Semaphore(0), []
    for cls in (BlockingAsk, AsyncAsk):
        node(cls)
    yield
    for cls in (BlockingAsk, AsyncAsk):
        node_types.remove(cls.meta.type)


@pytest.fixture
def silent() -> Iterator[SilentPeer]:
    with SilentPeer() as peer:
        yield peer


def asking(kind: str, url: str, timeout: str) -> Any:
    return published(
        line(
            START,
            ("a", kind, {"url": url}),
            settings={"concurrency": {"mode": "parallel", "limit": 1000}},
            a={"timeout": timeout},
        )
    )


@pytest.mark.parametrize("kind", ["blocking-ask", "async-ask"])
def test_error_names_the_target_and_what_to_do(silent: SilentPeer, kind: str) -> None:
    run = run_to_rest(started(asking(kind, silent.url, "500ms")))
    assert run.status == "failed"
    assert run.error["code"] == "step_timed_out"
    assert "127.0.0.1" in run.error["message"]
    assert "127.0.0.1" in run.error["hint"]


def test_thread_is_free_within_the_time_limit_and_what_it_says_late_is_dropped(silent: SilentPeer) -> None:
    flow = asking("blocking-ask", silent.url, "500ms")
    with running():
        run = started(flow)
        begun = time.monotonic()
        assert BlockingAsk.back.acquire(timeout=5)
        assert time.monotonic() - begun < 2
        eventually(lambda: Run.objects.get(id=run.id).status == "failed", what="the run fails")
    assert not LogLine.objects.filter(text__contains="late").exists()


def test_what_has_no_turn_says_so(silent: SilentPeer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outside_module.OutsidePool.__init__, "__defaults__", (4, 1, 4))
    first, second = (asking("blocking-ask", silent.url, limit) for limit in ("4s", "500ms"))
    with running():
        started(first)
        assert silent.arrived.wait(10)
        run = started(second)
        eventually(lambda: Run.objects.get(id=run.id).status == "failed", what="the second fails")
    run.refresh_from_db()
    assert (run.error["code"], run.error["retryable"]) == ("target_busy", True)
    assert len(silent.connections) == 1


def test_a_list_that_does_not_come_takes_a_thread_for_outside_calls_and_gives_it_back_in_time(
    silent: SilentPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(errands, "TIME_LIMIT_SECONDS", 0.5)
    flow = asking("blocking-ask", silent.url, "20s")
    with running():
        asked = ask_choices(ADMIN, flow, node_type="blocking-ask", config={}, field="url", search=silent.url)
        begun = time.monotonic()
        assert BlockingAsk.back.acquire(timeout=10)
        assert time.monotonic() - begun < 5
        assert wait_for(asked, 10).error == TIMED_OUT.as_json()
    assert [name.rpartition("_")[0] for name in BlockingAsk.threads] == ["outside"]


def test_nobody_else_is_held_up_by_two_hundred_steps_that_hang(silent: SilentPeer, spy: type[Spy]) -> None:
    """Half of them hang in threads, half on the loop; look-ups in our database go on as before."""
    normal = published(line(START, ("a", "spy", {"name": "normal"}), ("b", "load-tags", {})))
    hanging = [asking(kind, silent.url, "100s") for kind in ("blocking-ask", "async-ask")]
    with running() as runner:
        before = seconds_for(normal)
        for flow in hanging:
            for _ in range(100):
                started(flow)
        eventually(lambda: len(runner._drives) >= 200, 60, what="all of them hang")
        eventually(
            lambda: sum(drive.is_away for drive, _ in list(runner._drives.values())) >= 200,
            5,
            what="are away",
        )
        beside = seconds_for(normal)
        held = Run.objects.filter(flow__in=hanging, status="running").count()
        for _, task in list(runner._drives.values()):
            runner._loop.call_soon_threadsafe(task.cancel)
    assert held == 200
    # What the machine does besides costs more than a tenth of so short a time; a look-up that waits costs seconds.
    assert beside < max(before * 1.1, before + 0.1), (before, beside)


def seconds_for(flow: Any) -> float:
    """How long five runs take one after the other, at best."""
    return min(_seconds_for_five(flow) for _ in range(8))


def _seconds_for_five(flow: Any) -> float:
    begun = time.monotonic()
    for _ in range(5):
        run_id = started(flow, {"id": 1}).id
        eventually(lambda run_id=run_id: Run.objects.get(id=run_id).status == "succeeded", 20, "it ends")
    return time.monotonic() - begun
