"""GitHub workflow: start a workflow of GitHub Actions."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from actions.services import github_lists
from actions.services.github import GitHubFields, connected
from actions.services.github_lists import RepositoryName, repository_of
from flows.sdk import (
    Choice,
    CredentialRef,
    Emit,
    JsonObject,
    Kind,
    Node,
    NodeConfig,
    NodeContext,
    NodeMeta,
    OnCrash,
    Record,
    Retry,
    TemplateText,
    node,
    ui,
)
from flows.sdk.summaries import joined, plain


class GitHubWorkflowConfig(NodeConfig):
    """Which workflow, on which branch, with what."""

    credential: CredentialRef("github") = ui(label="GitHub", min_length=1)  # type: ignore[valid-type]
    repository: RepositoryName = ui(
        label="Repository",
        placeholder="octocat/Hello-World",
        choices_from=("credential",),
        min_length=1,
        max_length=300,
    )
    workflow: TemplateText = ui(
        label="Workflow",
        help="Its file, such as deploy.yml, or its number. It has to be set to start on workflow_dispatch.",
        placeholder="deploy.yml",
        choices_from=("credential", "repository"),
        min_length=1,
        max_length=200,
    )
    ref: TemplateText = ui(
        "main",
        label="Branch or tag",
        choices_from=("credential", "repository"),
        min_length=1,
        max_length=300,
    )
    inputs: Annotated[dict[str, TemplateText], Field(max_length=25)] = ui(
        {}, label="Inputs", widget="key-value"
    )


@node
class GitHubWorkflow(Node):
    """Starts a workflow. GitHub does not say which run becomes of it, and knows no key that makes it one."""

    meta = NodeMeta(
        type="github-workflow",
        kind=Kind.ACTION,
        label="GitHub workflow",
        summary="Start a workflow of GitHub Actions.",
        icon="brand-github",
        unset="No workflow",
        durable=True,
        blocking=True,
        outside=True,
        on_crash=OnCrash.ASK,
        retry=Retry(attempts=1),
    )
    Config = GitHubWorkflowConfig

    def summary(self, config: GitHubWorkflowConfig) -> str:
        return joined(plain(config.workflow), "→", plain(config.repository)) if config.workflow else ""

    def choices(self, name: str, ctx: NodeContext, config: JsonObject, search: str) -> Sequence[Choice]:
        client = connected(ctx, ctx.opened(str(config["credential"]), GitHubFields))
        return github_lists.choices(client, name, str(config.get("repository") or ""), search)

    def run(self, ctx: NodeContext, config: GitHubWorkflowConfig, record: Record) -> Emit:
        """Start it; the record goes on as it came."""
        place = repository_of(config.repository)
        client = connected(ctx, ctx.opened(config.credential, GitHubFields))
        path = ("repos", *place, "actions", "workflows", config.workflow, "dispatches")
        client.call("POST", *path, body={"ref": config.ref, "inputs": config.inputs})
        ctx.log.info(f"{config.workflow} was started on {config.ref}.")
        return Emit("out", record)

    def preview(self, config: GitHubWorkflowConfig, record: Record) -> JsonObject:
        return config.model_dump(exclude={"credential"})
