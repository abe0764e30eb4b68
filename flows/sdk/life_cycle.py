"""Life-cycle events: what runs, job runs and tasks tell of themselves, as the original tells of its executions.

Source of names, keys and texts: Cloudify's manager and its `hooks.conf`, versions 4.5 to 6.1.
"""

from enum import StrEnum
from typing import Final, Literal, TypedDict, get_args

from flows.sdk.events import EventType, event_types
from flows.sdk.json_types import Json, JsonObject, Record
from flows.sdk.shapes import Shape


class LifeCycle(StrEnum):
    """The five things that happen to an execution; the values are names of event types."""

    QUEUED = "workflow_queued"
    STARTED = "workflow_started"
    SUCCEEDED = "workflow_succeeded"
    FAILED = "workflow_failed"
    CANCELLED = "workflow_cancelled"


LIFE_CYCLE_EVENTS: Final = tuple(event.value for event in LifeCycle)

LifeCycleKind = Literal["flow", "job", "task"]
"""What an execution is: a run of a flow, a run of a job, or a task."""
LIFE_CYCLE_KINDS: Final[tuple[LifeCycleKind, ...]] = get_args(LifeCycleKind)

PLATFORM_TENANT: Final = "default_tenant"
"""What the original calls the tenant that is there from the start; here it stands for the platform."""


class EventContext(TypedDict):
    """What the original hands to the implementation of a hook."""

    message_type: str
    is_system_workflow: bool
    blueprint_id: str | None
    deployment_id: str | None
    execution_id: str
    workflow_id: str
    tenant_name: str
    rest_token: str | None
    execution_parameters: JsonObject
    event_type: str
    timestamp: str
    """UTC, to the millisecond, such as `2024-01-02T03:04:05.678Z`."""
    arguments: JsonObject | None
    """`{"error": text}` of one that failed."""


class LifeCyclePayload(EventContext):
    """The payload of a life-cycle event: the original's context, and what we tell besides."""

    kind: LifeCycleKind
    message: str
    """The sentence that the original logs for it."""


CONTEXT_KEYS: Final = tuple(EventContext.__annotations__)


def original_context(record: Record) -> JsonObject:
    """What a record that began as a life-cycle event hands to an implementation: the original's keys and no others."""
    return {name: record.get(name) for name in CONTEXT_KEYS}


def error_text(record: Record) -> str | None:
    """What went wrong, when the record tells of an execution that failed."""
    arguments: Json = record.get("arguments")
    text = arguments.get("error") if isinstance(arguments, dict) else None
    return text if isinstance(text, str) else None


SHAPE: Final = Shape.object(
    {
        "message_type": Shape.string("Always hook"),
        "is_system_workflow": Shape.boolean("Always false: work of the program itself tells nothing"),
        "blueprint_id": Shape.string("Id of the flow or job, of a task its policy; null without one"),
        "deployment_id": Shape.string("Id of the server that it is about; null without one"),
        "execution_id": Shape.string("Id of the run, job run or task"),
        "workflow_id": Shape.string("Name of the flow or job; of a task its type, such as deploy"),
        "tenant_name": Shape.string("Name of the tenant; default_tenant for the platform's own"),
        "rest_token": Shape.string("Always null here; an implementation gets one of its own"),
        "execution_parameters": Shape.object({}, "What it began with, without secrets", is_open=True),
        "event_type": Shape.string("Name of this event"),
        "timestamp": Shape.moment("When it happened"),
        "arguments": Shape.object({"error": Shape.string("What went wrong")}, "Null unless it failed"),
        "kind": Shape.string("flow, job or task"),
        "message": Shape.string("What happened, in a sentence"),
    }
)
_SENTENCES: Final[dict[LifeCycle, str]] = {
    LifeCycle.QUEUED: "'{name}' workflow execution was queued",
    LifeCycle.STARTED: "Starting '{name}' workflow execution",
    LifeCycle.SUCCEEDED: "'{name}' workflow execution succeeded",
    LifeCycle.FAILED: "'{name}' workflow execution failed: {error}",
    LifeCycle.CANCELLED: "'{name}' workflow execution cancelled",
}
_RESUMING: Final = "Resuming '{name}' workflow execution"


def sentence(event: LifeCycle, name: str, *, error: str = "", is_resumed: bool = False) -> str:
    """What the original logs when it happens to an execution of that name."""
    text = _RESUMING if is_resumed and event is LifeCycle.STARTED else _SENTENCES[event]
    return text.format(name=name, error=error)


def _sample(event: LifeCycle) -> JsonObject:
    error = "backup (command_failed): The command ended with the exit code 1."
    has_failed = event is LifeCycle.FAILED
    context: LifeCyclePayload = {
        "message_type": "hook",
        "is_system_workflow": False,
        "blueprint_id": "0199c0de-0000-7000-8000-000000000001",
        "deployment_id": "4",
        "execution_id": "0199c0de-0000-7000-8000-000000000002",
        "workflow_id": "Back up web-1",
        "tenant_name": "Acme",
        "rest_token": None,
        "execution_parameters": {"server": {"id": 4, "hostname": "web-1.example.org"}},
        "event_type": event.value,
        "timestamp": "2026-01-15T09:30:00.000Z",
        "arguments": {"error": error} if has_failed else None,
        "kind": "flow",
        "message": sentence(event, "Back up web-1", error=error),
    }
    return {**context}


for _event, _label, _summary in (
    (LifeCycle.QUEUED, "Workflow queued", "A run, job run or task was accepted and waits for its turn."),
    (LifeCycle.STARTED, "Workflow started", "A run, job run or task began."),
    (LifeCycle.SUCCEEDED, "Workflow succeeded", "A run, job run or task ended well."),
    (LifeCycle.FAILED, "Workflow failed", "A run, job run or task failed; arguments.error says why."),
    (LifeCycle.CANCELLED, "Workflow cancelled", "A run, job run or task was cancelled."),
):
    event_types.register(
        _event.value,
        EventType(_event.value, _label, _summary, "Life cycle", SHAPE, _sample(_event), is_reserved=True),
        f"{__name__}.{_event.value}",
    )
