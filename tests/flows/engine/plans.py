"""Plans without a database, and the drawings of Hypothesis that make them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from hypothesis import strategies as st

from flows.compiler.plan import Plan, PlannedNode
from flows.sdk import NodeConfig, Record
from flows.sdk.retry import NO_RETRY, Retry
from tests.support.spies import Spy, SpyConfig, Start, UnsafeSpy


@dataclass(frozen=True)
class Config:
    """A config without templates."""

    drawn: ClassVar[NodeConfig] = SpyConfig()

    def render(self, record: Record) -> NodeConfig:
        return self.drawn


class Clock:
    """Time that moves a second a look."""

    def __init__(self) -> None:
        self.at = datetime(2026, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at


def planned(node_id: str, behind: dict[str, tuple[str, ...]], **fields: Any) -> PlannedNode:
    """A spy, or the trigger `t`."""
    node = Start() if node_id == "t" else UnsafeSpy() if node_id.startswith("unsafe") else Spy()
    return PlannedNode(node_id, node_id.upper(), node.meta.type, node, Config(), behind, **fields)


def plan_of(edges: dict[str, dict[str, tuple[str, ...]]], retry: Retry = NO_RETRY) -> Plan:
    """A plan of `{node: {port: children}}`; the root is `t`."""
    ids = {"t"} | {child for ports in edges.values() for children in ports.values() for child in children}
    return Plan("t", {node_id: planned(node_id, edges.get(node_id, {}), retry=retry) for node_id in ids})


@st.composite
def trees(draw: st.DrawFn, most: int = 15) -> dict[str, dict[str, tuple[str, ...]]]:
    """Any tree: each node hangs behind the `out` or the `error` port of an earlier one."""
    count = draw(st.integers(0, most))
    edges: dict[str, dict[str, tuple[str, ...]]] = {}
    names = ["t"]
    for number in range(count):
        parent = draw(st.sampled_from(names))
        port = "out" if parent == "t" else draw(st.sampled_from(["out", "error"]))
        name = f"n{number}"
        behind = edges.setdefault(parent, {})
        behind[port] = (*behind.get(port, ()), name)
        names.append(name)
    return edges
