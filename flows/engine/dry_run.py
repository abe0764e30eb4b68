"""A run in memory that touches nothing outside: what each node would get, do and pass on."""

import inspect
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import orjson

from flows.compiler.plan import Plan, PlannedNode
from flows.engine.ports import check_answer
from flows.engine.states import StepStatus
from flows.engine.walk import Walk
from flows.expressions.budget import MAX_WORK, Budget, WorkSpent
from flows.sdk import Emit, Json, JsonObject, Kind, Node, NodeContext, NodeError, Record
from flows.sdk.meta import ERROR
from flows.sdk.record_limits import record_bytes

MOST_STEPS = 2_000
MOST_LOG_LINES = 100
MOST_SECONDS = 5.0
MOST_SHOWN_BYTES = 2_000_000
"""Of the records, previews and log lines of all steps together."""
MOST_RECORD_SHOWN_BYTES = 200_000


@dataclass(frozen=True, slots=True)
class DryLimits:
    """What one dry run may take; all its steps share it."""

    record_bytes: int = 1_048_576
    seconds: float = MOST_SECONDS
    work: int = MAX_WORK
    shown_bytes: int = MOST_SHOWN_BYTES


@dataclass(slots=True)
class DryStep:
    """One node's turn in a dry run.

    `preview`: what the node would have done: of one that is not run, what it says; of one that was, its `events`.
    `warnings`: why it could not have done it, as the installation is set up now: `field`, `message`, `hint`.
    """

    node: str
    status: StepStatus
    input: Record
    port: str = ""
    output: Record | None = None
    preview: Json = None
    error: JsonObject | None = None
    logs: list[JsonObject] = field(default_factory=list)
    warnings: list[JsonObject] = field(default_factory=list)

    def shown(self, room: "Room") -> "DryStep":
        """As much of it as there is room for."""
        return replace(
            self,
            input=room.shown(dict(self.input)),
            output=None if self.output is None else room.shown(dict(self.output)),
            preview=room.shown(self.preview),
            logs=room.lines(self.logs),
        )


LEFT_OUT = "(left out)"


class Room:
    """How many bytes an answer may still have. What does not fit is replaced by a note."""

    def __init__(self, most: int = MOST_SHOWN_BYTES) -> None:
        self.left = most
        self.left_out = 0

    def shown(self, value: Json) -> Json:
        """The value, or what stands in its place."""
        try:
            size = len(orjson.dumps(value))
        except (TypeError, orjson.JSONEncodeError):
            # A stranger's node type may preview anything; it takes only its own preview away.
            self.left_out += 1
            return {LEFT_OUT: "This is not plain JSON."}
        if size <= min(MOST_RECORD_SHOWN_BYTES, self.left):
            self.left -= size
            return value
        self.left_out += 1
        return {LEFT_OUT: f"{size:,} bytes are left out of this answer."}

    def lines(self, logs: list[JsonObject]) -> list[JsonObject]:
        """Log lines, the first ones."""
        shown: list[JsonObject] = []
        for line in logs[:MOST_LOG_LINES]:
            self.left -= len(orjson.dumps(line))
            if self.left < 0:
                break
            shown.append(line)
        self.left_out += len(logs) - len(shown)
        self.left = max(self.left, 0)
        return shown


ContextMaker = Callable[[DryStep, Node], NodeContext]


def is_run_for_real(node: PlannedNode) -> bool:
    """Whether a dry run may run the node: it chooses or reads, and nothing of it reaches outside."""
    return node.meta.kind in (Kind.FILTER, Kind.ENRICHER) and not node.meta.durable


def dry_run(
    plan: Plan, payload: Record, context: ContextMaker, limits: DryLimits | None = None
) -> list[DryStep]:
    """Walk the plan with a payload. The trigger comes first; a failure without `error` port ends the walk.

    What a run refuses is refused here, too; one budget of work and time holds for the whole walk.
    """
    limits = limits or DryLimits()
    budget = Budget(limits.work, seconds=limits.seconds)
    trigger = plan.nodes[plan.trigger_id]
    out = trigger.meta.ports[0].name
    steps = [DryStep(trigger.id, StepStatus.SUCCEEDED, payload, out, payload)]
    walk = Walk.start(plan, payload, "dry-run")
    while (node_id := walk.current) is not None:
        node = plan.nodes[node_id]
        step = DryStep(node_id, StepStatus.SUCCEEDED, walk.input_of(node_id))
        steps.append(step)
        is_over = len(steps) > MOST_STEPS or time.monotonic() > (budget.deadline or 0)
        try:
            if is_over:
                raise _over(limits)
            result = _turn(node, step, context, plan.owner_id, budget)
            if result.record is not step.input:
                budget.spend(record_bytes(node.name, result.record, limits.record_bytes) // 4)
        except NodeError as error:
            step.status, step.error = StepStatus.FAILED, error.as_json()
            if is_over or isinstance(error, WorkSpent) or not node.next.get(ERROR.name):
                break
            result = Emit(ERROR.name, {**step.input, "error": {**error.as_json(), "node": node.name}})
        step.port, step.output = result.port, result.record
        walk.advance(result.port, result.record)
    return steps


def _over(limits: DryLimits) -> NodeError:
    return NodeError(
        "dry_run_too_long",
        f"The dry run ends here: it may take {limits.seconds:g} seconds and {MOST_STEPS:,} steps.",
        hint="Try a part of the flow, or run it for real.",
    )


def _turn(
    node: PlannedNode, step: DryStep, context: ContextMaker, owner_id: int | None, budget: Budget
) -> Emit:
    config = node.config.render(step.input, budget)
    if is_run_for_real(node):
        result = node.node.run(context(step, node.node), config, step.input)
        if not inspect.isawaitable(result):
            check_answer(node, result)
            return (
                result
                if isinstance(result, Emit)
                else Emit(result.on_time or node.meta.ports[0].name, step.input)
            )
        if inspect.iscoroutine(result):
            result.close()
    step.preview = node.node.preview(config, step.input)
    step.warnings = [
        {"field": name, "message": message, "hint": hint}
        for name, message, hint in node.node.warnings(config, owner_id)
    ]
    return node.node.dry_run_result(config, step.input)
