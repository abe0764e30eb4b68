"""A package of a stranger: the credential of a tracker, and a node whose projects are listed there."""

MODULE = """
from urllib.parse import urlsplit

from flows.sdk import (
    Choice, CredentialFields, CredentialMeta, CredentialRef, CredentialType, Emit, Kind, Node, NodeConfig, NodeError,
    NodeMeta, Secret, TemplateText, credential_type, node, ui,
)
import json


class TrackerFields(CredentialFields):
    url: str = ui(label="URL", placeholder="https://tracker.example.org")
    key: Secret = ui(label="Key", help="From your profile there.")


async def asked(ctx, fields, path):
    answer = await ctx.http.request("GET", f"{fields.url}{path}", headers={"X-Key": fields.key})
    if answer.status != 200:
        raise NodeError("denied", "The tracker refused the key.", hint="Copy it once more from your profile there.")
    return json.loads(answer.body)


@credential_type
class Tracker(CredentialType):
    meta = CredentialMeta("tracker", "Tracker", "ticket", "Open issues in a tracker.")
    Fields = TrackerFields

    def hosts(self, fields):
        return [urlsplit(fields.url).netloc]

    async def test(self, ctx, fields):
        return f"{(await asked(ctx, fields, '/me'))['name']} may open issues."


class IssueConfig(NodeConfig):
    credential: CredentialRef("tracker") = ui(label="Tracker")
    project: TemplateText = ui(label="Project", choices_from=("credential",))
    title: TemplateText = ui("", label="Title")


@node
class Issue(Node):
    meta = NodeMeta("tracker-issue", Kind.ACTION, "Tracker issue", "Opens an issue.", "ticket", durable=True)
    Config = IssueConfig

    async def choices(self, name, ctx, config, search):
        fields = ctx.opened(config["credential"], TrackerFields)
        return [Choice(str(one["id"]), one["name"], f"#{one['id']}") for one in await asked(ctx, fields, "/projects")]

    async def run(self, ctx, config, record):
        fields = ctx.opened(config.credential, TrackerFields)
        body = json.dumps({"project": config.project, "title": config.title}).encode()
        await ctx.http.request("POST", f"{fields.url}/issues", headers={"X-Key": fields.key}, content=body)
        return Emit("out", record)
"""
