"""ToDo: create, change and complete tasks in Microsoft To Do."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, model_validator

from actions.services.due import due_at, zone_of
from actions.services.office365 import Office365Fields
from actions.services.placeholders import JobText
from actions.services.todo import Todo as Tasks
from flows.sdk import (
    Choice,
    CredentialRef,
    Emit,
    FieldPath,
    JsonObject,
    Kind,
    Node,
    NodeConfig,
    NodeContext,
    NodeError,
    NodeMeta,
    Record,
    Retry,
    Shape,
    TemplateText,
    node,
    ui,
    with_value,
)
from flows.sdk.summaries import joined

MOST_TITLE = 255
IMPORTANCE = {"low": "Low", "normal": "Normal", "high": "High"}
CREATE, CHANGE = {"operation": ["create"]}, {"operation": ["update", "complete"]}
UPDATE, SHOWN = {"operation": ["update"]}, {"operation": ["create", "update"]}


def _zone(name: str) -> str:
    zone_of(name)
    return name


class TodoConfig(NodeConfig):
    """Whose task, in which list, and what it says."""

    aliases: ClassVar[Mapping[str, str | None]] = {
        "list_id": "list",
        "subject_template": "subject",
        "task_title": "subject",
        "body_template": "body",
        "importance": "priority",
        "due_datetime": "due",
        "OFFICE365_USER_ID": "user_id",
        "access_token": None,
    }

    credential: CredentialRef("office365") = ui(label="Office 365", min_length=1)  # type: ignore[valid-type]
    user_id: TemplateText = ui(
        "",
        label="User ID",
        help="Whose tasks, where an application signs in: object ID or user name. Empty takes the credential's.",
        placeholder="5cded639-0b8d-4abc-8976-d202aa1770fa",
    )
    operation: Literal["create", "update", "complete"] = ui(
        "create",
        label="What to do",
        choices={"create": "Create a task", "update": "Change a task", "complete": "Complete a task"},
    )
    list: TemplateText = ui(
        "",
        label="List",
        help="Empty takes the list that every user has.",
        choices_from=("credential",),
    )
    task_id: TemplateText = ui(
        "", label="Task ID", placeholder="{{ task.id }}", help="As a node before gave it.", depends_on=CHANGE
    )
    subject: JobText = ui(
        "Task: {job_name} - {status}",
        label="Subject",
        help="Knows {job_name}, {status}, {company} and {timestamp} of a job. Empty keeps that of a changed task.",
        depends_on=SHOWN,
    )
    body: JobText = ui(
        "Job: {job_name}\nCompany: {company}\nStatus: {status}\nTime: {timestamp}",
        label="Body",
        help="Empty writes none, and keeps that of a changed task.",
        widget="textarea",
        depends_on=SHOWN,
    )
    body_type: Literal["text", "html"] = ui(
        "text", label="Body is", choices={"text": "Text", "html": "HTML"}, depends_on=SHOWN
    )
    priority: Literal["low", "normal", "high"] = ui(
        "normal", label="Priority", choices=IMPORTANCE, depends_on=CREATE
    )
    new_priority: Literal["keep", "low", "normal", "high"] = ui(
        "keep", label="Priority", choices={"keep": "As it is", **IMPORTANCE}, depends_on=UPDATE
    )
    new_status: Literal["keep", "notStarted", "inProgress", "waitingOnOthers", "deferred", "completed"] = ui(
        "keep",
        label="Status",
        choices={
            "keep": "As it is",
            "notStarted": "Not started",
            "inProgress": "In progress",
            "waitingOnOthers": "Waiting on others",
            "deferred": "Deferred",
            "completed": "Completed",
        },
        depends_on=UPDATE,
    )
    due: TemplateText = ui(
        "",
        label="Due",
        help="A date, a moment, or a length of time from now: 2026-03-01, 2026-03-01T12:00 or +2d.",
        placeholder="+2d",
        depends_on=SHOWN,
    )
    zone: Annotated[str, AfterValidator(_zone)] = ui(
        "UTC", label="Time zone", placeholder="Europe/Prague", max_length=60, depends_on=SHOWN
    )
    as_field: FieldPath = ui(
        "task", label="As field", help="ID, title, list and status of the task go into this field."
    )

    @model_validator(mode="after")
    def _says_enough(self) -> "TodoConfig":
        if self.operation != "create" and not self.task_id.strip():
            raise ValueError("Write the ID of the task, such as {{ task.id }}.")
        if self.operation == "create" and not self.subject.strip():
            raise ValueError("Write a subject.")
        return self


TASK_SHAPE = Shape.object(
    {
        "id": Shape.string("Of the task"),
        "list": Shape.string("ID of its list"),
        "title": Shape.string("Its subject"),
        "status": Shape.string("notStarted, inProgress, waitingOnOthers, deferred or completed"),
        "importance": Shape.string("low, normal or high"),
    }
)


@node
class Todo(Node):
    meta = NodeMeta(
        type="todo",
        kind=Kind.ACTION,
        label="ToDo",
        summary="Create, change or complete a task in Microsoft To Do.",
        icon="checklist",
        unset="No account chosen",
        durable=True,
        blocking=True,
        outside=True,
        retry=Retry(attempts=5, first="10s", factor=3, cap="1h"),
    )
    Config = TodoConfig

    def summary(self, config: TodoConfig) -> str:
        return joined(config.operation, config.subject if config.operation == "create" else config.task_id)

    def fields(self, config: TodoConfig, upstream: Shape) -> Mapping[str, Shape]:
        return {"out": upstream.with_field(config.as_field, TASK_SHAPE)}

    def choices(self, name: str, ctx: NodeContext, config: JsonObject, search: str) -> Sequence[Choice]:
        fields = ctx.opened(str(config["credential"]), Office365Fields)
        user_id = str(config.get("user_id") or "")
        found = Tasks(ctx, fields, "" if "{{" in user_id else user_id.strip()).lists()
        wanted = search.casefold()
        return [
            Choice(one.id, one.name, "Default" if one.is_default else "")
            for one in found
            if wanted in one.name.casefold()
        ]

    def run(self, ctx: NodeContext, config: TodoConfig, record: Record) -> Emit:
        """Do it. A task that an earlier try has made is not made again."""
        tasks = Tasks(ctx, ctx.opened(config.credential, Office365Fields), config.user_id.strip())
        list_id = config.list.strip() or tasks.default_list()
        wanted = _task(ctx, config)
        if config.operation == "create":
            task = tasks.made_before(list_id)
            if task is None:
                task = tasks.create(list_id, wanted, str(wanted["title"]))
            ctx.log.info(f"Created the task {task.get('title')!r}.")
        else:
            task = tasks.update(list_id, config.task_id.strip(), wanted)
            done = "Completed" if config.operation == "complete" else "Changed"
            ctx.log.info(f"{done} the task {str(task.get('title') or config.task_id)!r}.")
        return Emit("out", with_value(record, config.as_field, _told(task, list_id)))

    def preview(self, config: TodoConfig, record: Record) -> JsonObject:
        return {
            "does": config.operation,
            "signed_in_with": config.credential,
            "list": config.list or "(default)",
            **({"task": config.task_id} if config.operation != "create" else {}),
            **(
                {"subject": config.subject, "due": config.due or None}
                if config.operation != "complete"
                else {}
            ),
        }

    def dry_run_result(self, config: TodoConfig, record: Record) -> Emit:
        """The record with a task that says what was asked for."""
        task = {"id": "example", "title": config.subject, "status": "notStarted", "importance": "normal"}
        return Emit("out", with_value(record, config.as_field, _told(task, config.list)))


def _task(ctx: NodeContext, config: TodoConfig) -> dict[str, Any]:
    """What Graph is sent of the task."""
    if config.operation == "complete":
        return {"status": "completed"}
    task: dict[str, Any] = {}
    if title := " ".join(config.subject.split()):
        task["title"] = title[:MOST_TITLE]
    if config.body.strip():
        task["body"] = {"content": config.body, "contentType": config.body_type}
    if config.due.strip():
        moment = due_at(config.due, config.zone, ctx.clock.now())
        task["dueDateTime"] = {"dateTime": f"{moment:%Y-%m-%dT%H:%M:%S}.0000000", "timeZone": config.zone}
    importance = config.priority if config.operation == "create" else config.new_priority
    changes = {
        "importance": importance,
        "status": config.new_status if config.operation == "update" else "keep",
    }
    task |= {name: value for name, value in changes.items() if value != "keep"}
    if config.operation == "create" and "title" not in task:
        raise NodeError("no_subject", "The subject is empty.", hint="Give it a text.", field="subject")
    return task


def _told(task: Mapping[str, Any], list_id: str) -> JsonObject:
    known = {name: task.get(name) for name in ("id", "title", "status", "importance")}
    return {**known, "list": list_id}
