"""The events of tasks. They are told by the program alone: nobody posts them from outside."""

from flows.sdk import EventType, JsonObject, Shape, event_types

TASK = Shape.object(
    {
        "taskId": Shape.string("Id of the task"),
        "type": Shape.string("DEPLOY, UNDEPLOY, RECONFIGURE or REVIEW"),
        "state": Shape.string("Where it stands: QUEUEING, PENDING, STARTED, FINISHED_SUCCESSFULLY …"),
        "title": Shape.string("What was asked for, in a line"),
        "userId": Shape.integer("Id of the user who asked; null for the program"),
        "userName": Shape.string("Name of that user"),
        "ownerId": Shape.integer("Id of the server; null for a review"),
        "hostname": Shape.string("Its hostname"),
        "enterpriseId": Shape.integer("Id of the tenant; null for the platform"),
        "creationTimestamp": Shape.integer("When it was asked for, in seconds since 1970"),
        "timestamp": Shape.integer("When it changed last, likewise"),
        "decidedBy": Shape.string("Who continued or cancelled it; null before"),
        "message": Shape.string("What that one wrote, or null"),
        "runId": Shape.string("Id of the run that waits for it, or that carries it out"),
        "error": Shape.object(
            {
                "code": Shape.string("What went wrong, such as WKF-01"),
                "message": Shape.string("One sentence"),
                "hint": Shape.string("What to do about it"),
            },
            "Why it failed; null when it did not",
        ),
    }
)
WORKFLOW = Shape.object(
    {
        "enterpriseId": Shape.integer("Id of the tenant"),
        "name": Shape.string("Name of the tenant"),
        "workflow": Shape.boolean("Whether its operations are held for review"),
        "userName": Shape.string("Who changed that"),
    }
)
HELD: JsonObject = {
    "taskId": "0199c0de-0000-7000-8000-000000000003",
    "type": "DEPLOY",
    "state": "QUEUEING",
    "title": "Deploy web-1.example.org",
    "userId": 2,
    "userName": "Grace Hopper",
    "ownerId": 4,
    "hostname": "web-1.example.org",
    "enterpriseId": 1,
    "creationTimestamp": 1_768_469_400,
    "timestamp": 1_768_469_400,
    "decidedBy": None,
    "message": None,
    "runId": None,
    "error": None,
}
CONTINUED: JsonObject = {**HELD, "state": "PENDING", "decidedBy": "Mia Manager", "message": "accepted"}
CANCELLED: JsonObject = {**CONTINUED, "state": "CANCELLED", "message": "Too large"}
STARTED: JsonObject = {**CONTINUED, "state": "STARTED", "runId": "0199c0de-0000-7000-8000-000000000004"}
FINISHED: JsonObject = {**STARTED, "state": "FINISHED_SUCCESSFULLY"}
ENABLED: JsonObject = {"enterpriseId": 1, "name": "Acme", "workflow": True, "userName": "Root"}
OPERATIONS = ("DEPLOY", "RECONFIGURE", "UNDEPLOY")


def _register(name: str, label: str, summary: str, sample: JsonObject, shape: Shape = TASK) -> None:
    made = EventType(name, label, summary, "Tasks", shape, sample, is_reserved=True)
    event_types.register(name, made, f"{__name__}.{name}")


for _verb, _summary, _sample in (
    ("held", "A task waits for review.", HELD),
    ("continued", "A task was continued.", CONTINUED),
    ("cancelled", "A task was cancelled while it waited for review.", CANCELLED),
    ("started", "An operation began.", STARTED),
    ("finished", "An operation ended, well or not: the state says it.", FINISHED),
):
    _register(f"task.{_verb}", f"Task {_verb}", _summary, _sample)

for _type in OPERATIONS:
    _word = _type.capitalize()
    _sample = {**HELD, "type": _type, "title": f"{_word} web-1.example.org"}
    _register(
        f"VIRTUAL_MACHINE_WORKFLOW_{_type}_SEND",
        f"{_word} sent to the connector",
        "A held task was sent to the connector; `error` has WKF-01 when it did not arrive.",
        _sample,
    )
    for _trace, _state in (("CONTINUE", "PENDING"), ("CANCEL", "CANCELLED")):
        _register(
            f"TASK_{_type}_{_trace}",
            f"{_word}: {_trace.lower()}",
            "As task.continued and task.cancelled, under the Workflow feature's own name.",
            {**CONTINUED, "type": _type, "state": _state},
        )
    if _type != "RECONFIGURE":
        _register(
            f"VIRTUAL_APPLIANCE_WORKFLOW_{_type}_BATCH",
            f"{_word} of several sent to the connector",
            "Held tasks of one request were sent to the connector together; the payload tells of the first.",
            _sample,
        )

_register(
    "ENTERPRISE_ENABLE_WORKFLOW", "Workflow enabled", "A tenant's operations are held.", ENABLED, WORKFLOW
)
_register(
    "ENTERPRISE_DISABLE_WORKFLOW",
    "Workflow disabled",
    "A tenant's operations are not held any more.",
    {**ENABLED, "workflow": False},
    WORKFLOW,
)
