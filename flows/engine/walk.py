"""The walk through a plan: depth first, edges in order, one cursor."""

from collections.abc import Mapping

from flows.compiler.plan import Plan
from flows.engine.cursor import Cursor
from flows.sdk import Record


def reaching(node_id: str, parents: Mapping[str, str], records: Mapping[str, Record | None]) -> Record:
    """The record that reaches a node: that of the nearest node before it that did not pass its input on unchanged.

    Args:
        parents: which node leads to a node.
        records: what nodes left behind, None where it was their input; the trigger's payload is among them.
    """
    parent = parents[node_id]
    # A loop: a long line of nodes that pass their record on would go past Python's limit of nested calls.
    while (record := records.get(parent)) is None:
        parent = parents[parent]
    return record


class Walk:
    """The state of one run in memory: what is pending, and the record that reaches each pending node.

    A flow is a tree, so each node has its turn at most once and its input is what stands behind its parent's port.
    """

    def __init__(
        self, plan: Plan, payload: Record, cursor: Cursor, outputs: Mapping[str, Record | None]
    ) -> None:
        self.plan = plan
        self.cursor = cursor
        self._records: dict[str, Record | None] = {**outputs, plan.trigger_id: payload}

    @classmethod
    def start(cls, plan: Plan, payload: Record, key: str) -> "Walk":
        """A walk that stands behind the trigger."""
        walk = cls(plan, payload, Cursor(pending=[], key=key), {})
        walk._push(plan.trigger_id, plan.nodes[plan.trigger_id].meta.ports[0].name)
        return walk

    @property
    def current(self) -> str | None:
        """The node whose turn it is, or None when the run is through."""
        return self.cursor.pending[-1] if self.cursor.pending else None

    def input_of(self, node_id: str) -> Record:
        return reaching(node_id, self.plan.parent, self._records)

    def advance(self, port: str, record: Record) -> None:
        """The current node is through: its successors behind `port` come next, in edge order."""
        node_id = self.cursor.pending.pop()
        self.cursor.attempts = 0
        self._records[node_id] = record
        self._push(node_id, port)

    def _push(self, node_id: str, port: str) -> None:
        self.cursor.pending.extend(reversed(self.plan.nodes[node_id].next.get(port, ())))

    def next_seq(self) -> int:
        """The next place in the run's line of changes."""
        self.cursor.seq += 1
        return self.cursor.seq
