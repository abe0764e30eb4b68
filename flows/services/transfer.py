"""Export and import of flow documents. An import is a stranger's code: it arrives switched off, as a draft."""

from collections.abc import Mapping
from dataclasses import dataclass

from accounts.actors import Actor
from accounts.roles import Permission
from common.problems import Problem
from flows.compiler.findings import Finding
from flows.graph.codec import document_json
from flows.graph.document import FlowDocument
from flows.models import Flow
from flows.sdk import JsonObject
from flows.services.aliases import in_our_words
from flows.services.credential_names import NeededCredential, needed_credentials, with_credentials
from flows.services.flows import create_flow, read_or_refuse, save_draft
from flows.services.plans import Installation, compile_for

NEEDS = {
    "unknown_node_type": "node_types",
    "unknown_event_type": "event_types",
    "unknown_credential": "credentials",
    "wrong_credential_type": "credentials",
}


def file_name(flow: Flow) -> str:
    """What an exported file is called: plain ASCII, whatever the flow is called."""
    plain = "".join(char if char.isascii() and char.isalnum() else "-" for char in flow.name.lower())
    return "-".join(part for part in plain.split("-") if part)[:80] or "flow"


@dataclass(frozen=True, slots=True)
class ImportNode:
    """A node of a document; whether its type is installed here."""

    id: str
    type: str
    name: str
    known: bool


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """What an import would add, and what it needs that is not here: a sentence each, by kind.

    `document`: as an import would store it.
    """

    document: JsonObject
    name: str
    description: str
    nodes: list[ImportNode]
    edges: int
    needs: dict[str, list[str]]
    credentials: list[NeededCredential]
    problems: tuple[Finding, ...]
    ok: bool


def preview_import(
    *, actor: Actor, document: JsonObject, credentials: Mapping[str, str] | None = None
) -> ImportPreview:
    """What an import would add and what it needs here. Changes nothing.

    Args:
        credentials: see `import_flow`.

    Raises:
        Problem: 400 `bad_document` with every fault and its place.
    """
    actor.need(Permission.edit_flows)
    drawing = _arrived(document, credentials)
    compilation = compile_for(drawing, actor.tenant_id)
    installation = Installation(actor.tenant_id)
    return ImportPreview(
        document=document_json(drawing),
        name=drawing.name,
        description=drawing.description,
        nodes=[
            ImportNode(node.id, node.type, node.name, installation.node_type(node.type) is not None)
            for node in drawing.nodes
        ],
        edges=len(drawing.edges),
        needs=_needs(compilation.problems),
        credentials=needed_credentials(drawing, installation.credentials()),
        problems=compilation.problems,
        ok=compilation.is_ok,
    )


def _needs(problems: tuple[Finding, ...]) -> dict[str, list[str]]:
    needs: dict[str, list[str]] = {what: [] for what in NEEDS.values()}
    for problem in problems:
        what = NEEDS.get(problem.code)
        if what is not None and problem.message not in needs[what]:
            needs[what].append(problem.message)
    return needs


def _arrived(document: JsonObject, credentials: Mapping[str, str] | None) -> FlowDocument:
    """A document in our words, with credentials that are here."""
    drawing = in_our_words(read_or_refuse(document))
    return read_or_refuse(with_credentials(document_json(drawing), credentials)) if credentials else drawing


def import_flow(
    *,
    actor: Actor,
    document: JsonObject,
    name: str | None = None,
    into: Flow | None = None,
    revision: int | None = None,
    credentials: Mapping[str, str] | None = None,
) -> Flow:
    """Make a new flow of a document, switched off, or put it into the draft of a flow at `revision`.

    Nothing runs and nothing leaves the machine.

    Args:
        credentials: names of credentials that are here, by those that stand in the document.

    Raises:
        Problem: 400 `bad_document`; 412 `stale_draft`; 428 `if_match_required`.
    """
    drawing = _arrived(document, credentials)
    if into is None:
        return create_flow(
            actor=actor, name=name or drawing.name, description=drawing.description, document=drawing
        )
    if revision is None:
        raise Problem(
            428,
            "if_match_required",
            "Say which revision of the draft is replaced.",
            hint="Send If-Match with the ETag of your last read.",
        )
    return save_draft(actor=actor, flow=into, document=document_json(drawing), revision=revision)
