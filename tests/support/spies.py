"""Node types that tests steer: they count their turns and do what the test says."""

import asyncio
import inspect
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar

from flows.sdk import (
    Emit,
    Json,
    Kind,
    ManualTrigger,
    Node,
    NodeConfig,
    NodeContext,
    NodeError,
    NodeMeta,
    OnCrash,
    Record,
    Result,
    TriggerKind,
    TriggerNode,
    TriggerSpec,
    Wake,
    node,
    node_types,
    ui,
)

Behaviour = Callable[[NodeContext, Record], Result]
Poll = Callable[[NodeContext, Record, Wake], Result | Awaitable[Result]]


class SpyConfig(NodeConfig):
    """Which behaviour to follow."""

    name: str = ui("", label="Name")


class Spy(Node):
    """Does what `behaviours[name]` says; passes the record on when nothing is said."""

    meta = NodeMeta("spy", Kind.ACTION, "Spy", "Steered by a test.", "eye", durable=True)
    Config = SpyConfig
    turns: ClassVar[Counter[str]] = Counter()
    keys: ClassVar[dict[str, list[str]]] = {}
    behaviours: ClassVar[dict[str, Behaviour]] = {}

    async def run(self, ctx: NodeContext, config: Any, record: Record) -> Result:
        """Take down the turn, then follow the behaviour."""
        self.turns[config.name] += 1
        self.keys.setdefault(config.name, []).append(ctx.idempotency_key)
        await asyncio.sleep(0)
        behaviour = self.behaviours.get(config.name)
        return behaviour(ctx, record) if behaviour else Emit("out", record)


class UnsafeSpy(Spy):
    """A spy whose work must not be repeated unasked."""

    meta = NodeMeta(
        "unsafe-spy", Kind.ACTION, "Unsafe spy", "Steered.", "eye", durable=True, on_crash=OnCrash.ASK
    )


class SlowSpy(Spy):
    """A spy that never comes back by itself."""

    meta = NodeMeta("slow-spy", Kind.ACTION, "Slow spy", "Steered.", "eye", durable=True)

    async def run(self, ctx: NodeContext, config: Any, record: Record) -> Result:
        """Wait until cancelled."""
        self.turns[config.name] += 1
        await asyncio.sleep(3600)
        return Emit("out", record)


class PollingSpy(Spy):
    """A spy that waits for something outside: it does what `polls[name]` says each time that it wakes."""

    meta = NodeMeta("polling-spy", Kind.ACTION, "Polling spy", "Steered.", "eye", durable=True, stops=True)
    polls: ClassVar[dict[str, Poll]] = {}
    wakes: ClassVar[list[Wake]] = []
    stopped: ClassVar[list[Mapping[str, Json]]] = []

    async def resume(self, ctx: NodeContext, config: Any, record: Record, wake: Wake) -> Result:
        """Take down why, then follow the behaviour."""
        self.wakes.append(wake)
        answer = self.polls[config.name](ctx, record, wake)
        return await answer if inspect.isawaitable(answer) else answer

    async def stop(self, ctx: NodeContext, config: Any, record: Record, detail: Mapping[str, Json]) -> None:
        """Take down what was to be ended."""
        self.stopped.append(detail)
        if detail.get("cannot be stopped"):
            raise NodeError("refused", "It goes on.")


class Start(TriggerNode):
    """A manual start."""

    meta = NodeMeta("spy-start", Kind.TRIGGER, "Start", "By hand.", "play")
    Config = SpyConfig
    starts_by = TriggerKind.MANUAL

    def listens_to(self, config: Any) -> TriggerSpec:
        """A person."""
        return ManualTrigger()


SPIES = (Spy, UnsafeSpy, SlowSpy, PollingSpy, Start)


@contextmanager
def spies() -> Iterator[type[Spy]]:
    """Register the node types of this module while a test runs, with nothing counted yet."""
    for cls in SPIES:
        node(cls)
    for kept in (Spy.turns, Spy.keys, Spy.behaviours, PollingSpy.polls, PollingSpy.wakes, PollingSpy.stopped):
        kept.clear()
    try:
        yield Spy
    finally:
        for cls in SPIES:
            node_types.remove(cls.meta.type)
