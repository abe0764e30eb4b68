"""GitHub: issues, pull requests, labels and milestones of a repository."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Final, Literal

from pydantic import Field, model_validator

from actions.services import github_lists, github_work
from actions.services.github import GitHubFields, connected
from actions.services.github_desk import Desk
from actions.services.github_lists import RepositoryName, repository_of
from actions.services.placeholders import PROBLEM_TEXT, PROBLEM_TITLE, JobText
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
from flows.sdk.summaries import joined, plain

OPERATIONS: Final = {
    "create-issue": "Create an issue",
    "create-issue-graphql": "Create an issue (GraphQL)",
    "update-issue": "Change an issue or pull request",
    "comment": "Comment on an issue or pull request",
    "close-issue": "Close an issue or pull request",
    "create-pull": "Create a pull request",
    "ready-pull": "Mark a pull request as ready for review (GraphQL)",
    "save-label": "Create or change a label",
    "save-milestone": "Create or change a milestone",
    "close-milestone": "Close a milestone",
}
NUMBERED: Final = ["update-issue", "comment", "close-issue", "ready-pull"]
TITLED: Final = ["create-issue", "create-issue-graphql", "update-issue", "create-pull"]
WRITTEN: Final = [*TITLED, "comment"]
ASSIGNED: Final = ["create-issue", "update-issue", "create-pull"]
MILESTONED: Final = [*ASSIGNED, "save-milestone", "close-milestone"]
DESCRIBED: Final = ["save-label", "save-milestone"]
OF_REPOSITORY: Final = ("credential", "repository")
NEEDS: Final = {
    **dict.fromkeys(NUMBERED, ("number",)),
    "comment": ("number", "body"),
    "create-issue": ("title",),
    "create-issue-graphql": ("title",),
    "create-pull": ("title", "head", "base"),
    "save-label": ("label",),
    "save-milestone": ("milestone",),
    "close-milestone": ("milestone",),
}
"""What each operation cannot do without."""
Names = Annotated[list[TemplateText], Field(max_length=50)]


class GitHubConfig(NodeConfig):
    """What to do in which repository."""

    aliases = {"token": None, "action_type": "operation", "branch": "head"}
    credential: CredentialRef("github") = ui(label="GitHub", min_length=1)  # type: ignore[valid-type]
    repository: RepositoryName = ui(
        label="Repository",
        placeholder="octocat/Hello-World",
        choices_from=("credential",),
        min_length=1,
        max_length=300,
    )
    operation: Literal[
        "create-issue",
        "create-issue-graphql",
        "update-issue",
        "comment",
        "close-issue",
        "create-pull",
        "ready-pull",
        "save-label",
        "save-milestone",
        "close-milestone",
    ] = ui("create-issue", label="Operation", choices=OPERATIONS)
    number: TemplateText = ui(
        "",
        label="Number",
        help="Of the issue or pull request, such as {{ github.number }}.",
        placeholder="{{ github.number }}",
        depends_on={"operation": NUMBERED},
    )
    title: JobText = ui(PROBLEM_TITLE, label="Title", depends_on={"operation": TITLED})
    body: JobText = ui(
        PROBLEM_TEXT,
        label="Text",
        help="Markdown. A hidden mark at its end lets a repeated step find what it wrote.",
        widget="textarea",
        depends_on={"operation": WRITTEN},
    )
    head: TemplateText = ui(
        "",
        label="From branch",
        help="With owner:branch for that of a fork.",
        choices_from=OF_REPOSITORY,
        max_length=300,
        depends_on={"operation": ["create-pull"]},
    )
    base: TemplateText = ui(
        "main",
        label="Into branch",
        choices_from=OF_REPOSITORY,
        max_length=300,
        depends_on={"operation": ["create-pull"]},
    )
    draft: bool = ui(False, label="As a draft", widget="switch", depends_on={"operation": ["create-pull"]})
    reviewers: Names = ui(
        [],
        label="Reviewers",
        help="People, or teams as org/team.",
        widget="tags",
        choices_from=OF_REPOSITORY,
        depends_on={"operation": ["create-pull"]},
    )
    labels: Names = ui(
        ["Bug"],
        label="Labels",
        widget="tags",
        choices_from=OF_REPOSITORY,
        depends_on={"operation": ASSIGNED},
    )
    assignees: Names = ui(
        [], label="Assignees", widget="tags", choices_from=OF_REPOSITORY, depends_on={"operation": ASSIGNED}
    )
    milestone: TemplateText = ui(
        "",
        label="Milestone",
        help="Its title or its number.",
        choices_from=OF_REPOSITORY,
        max_length=200,
        depends_on={"operation": MILESTONED},
    )
    state: Literal["", "open", "closed"] = ui(
        "",
        label="State",
        choices={"": "As it is", "open": "Open", "closed": "Closed"},
        depends_on={"operation": ["update-issue"]},
    )
    reason: Literal["completed", "not_planned"] = ui(
        "completed",
        label="Reason",
        choices={"completed": "Completed", "not_planned": "Not planned"},
        depends_on={"operation": ["close-issue"]},
    )
    label: TemplateText = ui(
        "",
        label="Label",
        choices_from=OF_REPOSITORY,
        max_length=50,
        depends_on={"operation": ["save-label"]},
    )
    color: str = ui(
        "",
        label="Colour",
        help="Six hexadecimal digits.",
        placeholder="d73a4a",
        pattern=r"^([0-9a-fA-F]{6})?$",
        depends_on={"operation": ["save-label"]},
    )
    description: TemplateText = ui("", label="Description", depends_on={"operation": DESCRIBED})
    due_on: TemplateText = ui(
        "",
        label="Due on",
        help="A date such as 2026-03-31.",
        depends_on={"operation": ["save-milestone"]},
    )
    as_field: FieldPath = ui(
        "github",
        label="As field",
        help="Number, address and state go into this field.",
        placeholder="github",
        group="Result",
    )

    @model_validator(mode="before")
    @classmethod
    def _only_a_new_issue_has_texts(cls, drawn: object) -> object:
        """The texts of a new issue are no default for another operation."""
        if isinstance(drawn, dict) and drawn.get("operation", "create-issue") not in (
            "create-issue",
            "create-issue-graphql",
        ):
            return {"title": "", "body": "", "labels": [], **drawn}
        return drawn


RESULT_SHAPE = Shape.object(
    {
        "number": Shape.integer("Of the issue, pull request or milestone"),
        "url": Shape.string("Where people look at it"),
        "state": Shape.string("open or closed"),
        "title": Shape.string("Its title"),
        "id": Shape.string("Its global id"),
    }
)


@node
class GitHub(Node):
    meta = NodeMeta(
        type="github",
        kind=Kind.ACTION,
        label="GitHub",
        summary="Create and change issues, pull requests, labels and milestones on GitHub.",
        icon="brand-github",
        unset="No repository",
        durable=True,
        blocking=True,
        outside=True,
        retry=Retry(attempts=5, first="10s", factor=3, cap="1h"),
    )
    Config = GitHubConfig

    def summary(self, config: GitHubConfig) -> str:
        where = plain(config.repository)
        if config.operation in NUMBERED and where:
            return joined(config.operation, f"{where}#{plain(config.number)}")
        return joined(config.operation, "→", where) or plain(config.credential)

    def fields(self, config: GitHubConfig, upstream: Shape) -> Mapping[str, Shape]:
        return {"out": upstream.with_field(config.as_field, RESULT_SHAPE)}

    def check(self, config: GitHubConfig, upstream: Shape) -> list[tuple[str, str, str]]:
        """What the operation cannot do without."""
        return [(name, f"“{_label(name)}” is missing.", "Fill it in.") for name in _empty(config)]

    def choices(self, name: str, ctx: NodeContext, config: JsonObject, search: str) -> Sequence[Choice]:
        client = connected(ctx, ctx.opened(str(config["credential"]), GitHubFields))
        return github_lists.choices(client, name, str(config.get("repository") or ""), search)

    def run(self, ctx: NodeContext, config: GitHubConfig, record: Record) -> Emit:
        for name in _empty(config):
            raise NodeError("missing_value", f"“{_label(name)}” is empty.", hint="Fill it in.", field=name)
        place = repository_of(config.repository)
        client = connected(ctx, ctx.opened(config.credential, GitHubFields))
        made = github_work.done(Desk(ctx, client, place), config.operation, _values(config))
        ctx.log.info(f"{OPERATIONS[config.operation]}: done. {made.get('url') or ''}".strip())
        return Emit("out", with_value(record, config.as_field, made))

    def preview(self, config: GitHubConfig, record: Record) -> JsonObject:
        return {"repository": config.repository, "operation": config.operation, **_values(config)}

    def dry_run_result(self, config: GitHubConfig, record: Record) -> Emit:
        """The record with something as it may become."""
        made = {"number": 0, "url": "", "state": "open", "title": config.title, "id": ""}
        return Emit("out", with_value(record, config.as_field, made))


def _label(name: str) -> str:
    return str(GitHubConfig.model_fields[name].title)


def _empty(config: GitHubConfig) -> list[str]:
    return [name for name in NEEDS[config.operation] if not str(getattr(config, name)).strip()]


def _values(config: GitHubConfig) -> JsonObject:
    """What is filled in for the operation."""
    hidden = {"credential", "repository", "operation", "as_field"}
    values: JsonObject = config.model_dump(exclude=hidden)
    return {name: value for name, value in values.items() if value not in ("", [])}
