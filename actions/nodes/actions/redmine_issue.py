"""Redmine issue: create, change or comment on an issue."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, model_validator

from actions.services import redmine_issues, redmine_lists
from actions.services.placeholders import PROBLEM_TEXT, PROBLEM_TITLE, JobText
from actions.services.redmine import RedmineFields, connected
from actions.services.redmine_issues import IssueOrder
from actions.services.redmine_lists import Place
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
    TemplateValue,
    node,
    ui,
    with_value,
)
from flows.sdk.summaries import joined, plain

if TYPE_CHECKING:
    from actions.services.redmine_client import Client

DRAWN, ISSUE, NOTED = ["create", "update"], ["update", "comment"], ["update", "comment"]
OF_PROJECT, OF_TRACKER = ("credential", "project"), ("credential", "project", "tracker")


class CustomField(NodeConfig):
    """A field that the administrators of this Redmine have added."""

    field: TemplateText = ui(
        label="Field", help="Its number, or its name.", choices_from=OF_TRACKER, min_length=1, max_length=200
    )
    value: TemplateValue = ui("", label="Value", help="A list where the field takes several values.")


class RedmineIssueConfig(NodeConfig):
    """What to do with which issue."""

    aliases = {
        "project_id": "project",
        "tracker_id": "tracker",
        "status_id": "status",
        "priority_id": "priority",
        "assigned_to_id": "assignee",
        "category_id": "category",
        "fixed_version_id": "version",
        "url": None,
        "token": None,
    }
    credential: CredentialRef("redmine") = ui(label="Redmine", min_length=1)  # type: ignore[valid-type]
    operation: Literal["create", "update", "comment"] = ui(
        "create",
        label="Operation",
        choices={"create": "Create an issue", "update": "Change an issue", "comment": "Comment on an issue"},
    )
    issue: TemplateText = ui(
        "",
        label="Issue",
        help="Its number, such as {{ redmine.id }} of an issue that was created before.",
        placeholder="{{ redmine.id }}",
        depends_on={"operation": ISSUE},
    )
    project: TemplateText = ui(
        "",
        label="Project",
        help="For a change: only where names are to be looked up.",
        choices_from=("credential",),
        max_length=200,
        depends_on={"operation": DRAWN},
    )
    tracker: TemplateText = ui(
        "", label="Tracker", choices_from=OF_PROJECT, max_length=200, depends_on={"operation": DRAWN}
    )
    subject: JobText = ui(PROBLEM_TITLE, label="Subject", depends_on={"operation": DRAWN})
    description: JobText = ui(
        PROBLEM_TEXT,
        label="Description",
        help="A word at its end marks the issue, so that a repeated step finds it and creates no second one.",
        widget="textarea",
        depends_on={"operation": DRAWN},
    )
    notes: JobText = ui("", label="Comment", widget="textarea", depends_on={"operation": NOTED})
    status: TemplateText = ui(
        "",
        label="Status",
        help="Redmine may not allow it: the record says what it is in the end.",
        choices_from=("credential",),
        max_length=200,
        group="More",
        depends_on={"operation": DRAWN},
    )
    priority: TemplateText = ui(
        "",
        label="Priority",
        choices_from=("credential",),
        max_length=200,
        group="More",
        depends_on={"operation": DRAWN},
    )
    assignee: TemplateText = ui(
        "",
        label="Assignee",
        help="A member of the project.",
        choices_from=OF_PROJECT,
        max_length=200,
        group="More",
        depends_on={"operation": DRAWN},
    )
    category: TemplateText = ui(
        "",
        label="Category",
        choices_from=OF_PROJECT,
        max_length=200,
        group="More",
        depends_on={"operation": DRAWN},
    )
    version: TemplateText = ui(
        "",
        label="Target version",
        choices_from=OF_PROJECT,
        max_length=200,
        group="More",
        depends_on={"operation": DRAWN},
    )
    custom_fields: Annotated[list[CustomField], Field(max_length=50)] = ui(
        [], label="Custom fields", group="More", depends_on={"operation": DRAWN}
    )
    as_field: FieldPath = ui(
        "redmine",
        label="As field",
        help="Number, address and status of the issue go into this field.",
        placeholder="redmine",
        group="Result",
    )

    @model_validator(mode="before")
    @classmethod
    def _changes_only_what_is_said(cls, drawn: object) -> object:
        """The texts of a new issue are no default for a change."""
        if isinstance(drawn, dict) and drawn.get("operation") == "update":
            return {"subject": "", "description": "", **drawn}
        return drawn


ISSUE_SHAPE = Shape.object(
    {
        "id": Shape.integer("Its number"),
        "url": Shape.string("Where people look at it"),
        "status": Shape.string("What Redmine made of the status"),
        "subject": Shape.string("Its subject"),
        "project": Shape.string("Name of the project"),
        "tracker": Shape.string("Name of the tracker"),
        "priority": Shape.string("Name of the priority"),
        "assignee": Shape.string("Who has it; null when nobody has"),
        "ignored": Shape.array(Shape.string("A field"), "What Redmine did not take"),
    }
)


@node
class RedmineIssue(Node):
    meta = NodeMeta(
        type="redmine-issue",
        kind=Kind.ACTION,
        label="Redmine issue",
        summary="Create, change or comment on an issue in Redmine.",
        icon="ticket",
        unset="No project",
        durable=True,
        blocking=True,
        outside=True,
        retry=Retry(attempts=5, first="10s", factor=3, cap="15m"),
    )
    Config = RedmineIssueConfig

    def summary(self, config: RedmineIssueConfig) -> str:
        """Where an issue goes, or which one is meant."""
        if config.operation == "create":
            return joined("→", plain(config.project)) or plain(config.credential)
        return joined(config.operation, f"#{plain(config.issue)}")

    def fields(self, config: RedmineIssueConfig, upstream: Shape) -> Mapping[str, Shape]:
        return {"out": upstream.with_field(config.as_field, ISSUE_SHAPE)}

    def check(self, config: RedmineIssueConfig, upstream: Shape) -> list[tuple[str, str, str]]:
        """What the operation cannot do without."""
        return [
            (field, f"“{label}” is missing.", hint)
            for field, label, hint in _needs(config)
            if not str(getattr(config, field)).strip()
        ]

    def choices(self, name: str, ctx: NodeContext, config: JsonObject, search: str) -> Sequence[Choice]:
        """Ask Redmine; trackers and what follows them depend on the project."""
        place = Place(str(config.get("project") or ""), str(config.get("tracker") or ""))
        return redmine_lists.choices(_client(ctx, str(config["credential"])), name, place, search)

    def run(self, ctx: NodeContext, config: RedmineIssueConfig, record: Record) -> Emit:
        """Do it, and read back what became of it."""
        for field, label, hint in _needs(config):
            if not str(getattr(config, field)).strip():
                raise NodeError("missing_value", f"“{label}” is empty.", hint=hint, field=field)
        client = _client(ctx, config.credential)
        if config.operation == "create":
            issue = redmine_issues.create(ctx, client, _order(config))
        elif config.operation == "update":
            issue = redmine_issues.update(ctx, client, _number(config.issue), _order(config), config.notes)
        else:
            issue = redmine_issues.comment(ctx, client, _number(config.issue), config.notes)
        ctx.log.info(f"Issue #{issue['id']} is “{issue['status']}”: {issue['url']}")
        return Emit("out", with_value(record, config.as_field, issue))

    def preview(self, config: RedmineIssueConfig, record: Record) -> JsonObject:
        shown = config.model_dump(exclude={"as_field"})
        return {name: value for name, value in shown.items() if value not in ("", [], None)}

    def dry_run_result(self, config: RedmineIssueConfig, record: Record) -> Emit:
        """The record with an issue as it may become."""
        issue = {
            "id": 0,
            "url": "",
            "status": config.status or "New",
            "subject": config.subject,
            "project": config.project,
            "tracker": config.tracker,
            "priority": config.priority,
            "assignee": config.assignee or None,
            "ignored": [],
        }
        return Emit("out", with_value(record, config.as_field, issue))


def _client(ctx: NodeContext, credential: str) -> "Client":
    return connected(ctx, ctx.opened(credential, RedmineFields))


def _needs(config: RedmineIssueConfig) -> list[tuple[str, str, str]]:
    if config.operation == "create":
        return [
            ("project", "Project", "Choose the project of the issue."),
            ("subject", "Subject", "Write one line."),
        ]
    issue = ("issue", "Issue", "Write its number.")
    return [issue, ("notes", "Comment", "Write what to say.")] if config.operation == "comment" else [issue]


def _number(text: str) -> int:
    digits = text.strip().removeprefix("#")
    if not digits.isascii() or not digits.isdigit() or len(digits) > 15:
        raise NodeError(
            "not_a_whole_number", "The issue is not a number.", hint="Write digits only.", field="issue"
        )
    return int(digits)


def _order(config: RedmineIssueConfig) -> IssueOrder:
    return IssueOrder(
        project=config.project.strip(),
        subject=config.subject,
        description=config.description,
        chosen={name: text for name in redmine_issues.KEYS if (text := str(getattr(config, name)))},
        custom_fields=tuple((entry.field, entry.value) for entry in config.custom_fields),
    )
