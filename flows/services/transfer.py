"""Flows out of this installation and into it: export, and import with a preview before anything changes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from accounts.actors import Actor
from accounts.roles import Permission
from common.problems import Problem
from common.strict_json import BadJson, loads
from flows.graph import (
    DocumentError,
    FlowDocument,
    LocatedError,
    document_json,
    read_document,
    write_document,
)
from flows.graph.limits import MAX_BYTES, MAX_DEPTH, MAX_VALUES
from flows.models import Flow, FlowVersion
from flows.sdk import JsonObject, node_types
from flows.services.catalogue import list_event_types
from flows.services.flows import create_flow, save_draft


@dataclass(frozen=True, slots=True)
class Need:
    """Something that the flow uses, and whether this installation has it."""

    name: str
    label: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """What an import would add, before anything changes. With `errors` there is no document."""

    document: FlowDocument | None = None
    errors: Sequence[LocatedError] = ()
    node_types: Sequence[Need] = field(default_factory=tuple)
    event_types: Sequence[Need] = field(default_factory=tuple)
    credentials: Sequence[Need] = field(default_factory=tuple)

    @property
    def is_ok(self) -> bool:
        """Whether it can be imported. Missing needs do not hinder that; they hinder publishing."""
        return self.document is not None

    def to_json(self) -> JsonObject:
        """As the API shows it."""
        nodes = self.document.nodes if self.document else ()
        return {
            "ok": self.is_ok,
            "name": self.document.name if self.document else "",
            "nodes": [
                {"id": node.id, "type": node.type, "name": node.name, "known": node.type in node_types}
                for node in nodes
            ],
            "needs": {
                "node_types": [_need_json(need) for need in self.node_types],
                "event_types": [_need_json(need) for need in self.event_types],
                "credentials": [_need_json(need) for need in self.credentials],
            },
            "problems": [error.to_json() for error in self.errors],
        }


def _need_json(need: Need) -> JsonObject:
    return {"name": need.name, "label": need.label, "known": need.is_here}


def preview_import(actor: Actor, raw: bytes) -> ImportPreview:
    """Read a stranger's file and say what it would add and what it needs. Nothing is stored, nothing runs."""
    actor.need(Permission.edit_flows)
    if len(raw) > MAX_BYTES:
        message = f"The file has {len(raw):,} bytes; {MAX_BYTES:,} are the most."
        return ImportPreview(errors=(LocatedError("", "too_large", message, "Split the flow."),))
    try:
        document = read_document(loads(raw, max_depth=MAX_DEPTH, max_nodes=MAX_VALUES))
    except BadJson as error:
        return ImportPreview(errors=(LocatedError(error.path, error.code, error.message, error.hint),))
    except DocumentError as error:
        return ImportPreview(errors=error.errors)
    return ImportPreview(
        document=document,
        node_types=_node_types(document),
        event_types=_event_types(actor, document),
        credentials=[Need(name, name, is_here=False) for name in _credentials(document)],
    )


def _node_types(document: FlowDocument) -> list[Need]:
    needs = []
    for name in sorted({node.type for node in document.nodes}):
        known = node_types.get(name)
        needs.append(Need(name, known.meta.label if known else name, is_here=known is not None))
    return needs


def _event_types(actor: Actor, document: FlowDocument) -> list[Need]:
    known = {kind.name: kind.label for kind in list_event_types(actor)}
    names = {
        str(node.config["event"])
        for node in document.nodes
        if node.type == "event" and "event" in node.config
    }
    return [Need(name, known.get(name, name), is_here=name in known) for name in sorted(names)]


def _credentials(document: FlowDocument) -> list[str]:
    names = {str(node.config["credential"]) for node in document.nodes if node.config.get("credential")}
    return sorted(names)


def import_flow(*, actor: Actor, document: FlowDocument, name: str = "") -> Flow:
    """A new flow with that drawing as its draft, switched off."""
    return create_flow(
        actor=actor,
        name=name or document.name or "Imported flow",
        description=document.description,
        document=document,
    )


def import_into(*, actor: Actor, flow: Flow, document: FlowDocument, revision: int) -> Flow:
    """Put the drawing into the draft of a flow at `revision`; what is published keeps running.

    Raises:
        Problem: 412 `stale_draft`.
    """
    return save_draft(actor=actor, flow=flow, document=document_json(document), revision=revision)


def export_flow(flow: Flow, version: str = "draft") -> tuple[str, bytes]:
    """A file name and the canonical bytes of the draft or of a version's number.

    Raises:
        Problem: 404 `not_found`.
    """
    if version == "draft":
        return f"{file_name(flow.name)}.json", write_document(read_document(flow.draft, draft=True))
    found = FlowVersion.objects.filter(flow=flow, number=int(version)).first() if version.isdigit() else None
    if found is None:
        raise Problem(404, "not_found", "There is no such version.", hint="Look at the list of versions.")
    return f"{file_name(flow.name)}-v{found.number}.json", write_document(read_document(found.document))


def file_name(name: str) -> str:
    """The name in letters that every file system takes: `Welcome new servers` gives `welcome-new-servers`."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:80] or "flow"
