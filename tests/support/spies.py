"""Node types that tests steer: they count their turns and do what the test says."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from flows.sdk import (
    Emit,
    Kind,
    ManualTrigger,
    Node,
    NodeConfig,
    NodeContext,
    NodeMeta,
    OnCrash,
    Record,
    Result,
    TriggerKind,
    TriggerNode,
    TriggerSpec,
    node,
    node_types,
    ui,
)

Behaviour = Callable[[NodeContext, Record], Result]


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


class Start(TriggerNode):
    """A manual start."""

    meta = NodeMeta("spy-start", Kind.TRIGGER, "Start", "By hand.", "play")
    Config = SpyConfig
    starts_by = TriggerKind.MANUAL

    def listens_to(self, config: Any) -> TriggerSpec:
        """A person."""
        return ManualTrigger()


@contextmanager
def spies() -> Iterator[type[Spy]]:
    """Register the node types of this module while a test runs, with nothing counted yet."""
    for cls in (Spy, UnsafeSpy, SlowSpy, Start):
        node(cls)
    Spy.turns.clear()
    Spy.keys.clear()
    Spy.behaviours.clear()
    try:
        yield Spy
    finally:
        for cls in (Spy, UnsafeSpy, SlowSpy, Start):
            node_types.remove(cls.meta.type)
