"""Use cases of flows and their drafts. Each writes its audit entry in the same transaction."""

from dataclasses import replace
from datetime import UTC, datetime

from django.db import connection, transaction

from accounts import audit
from accounts.actors import Actor
from accounts.roles import Permission
from common.problems import Problem, bad_value, conflict
from flows.graph.codec import DocumentError, document_json, read_document
from flows.graph.document import FlowDocument
from flows.models import Flow
from flows.sdk import JsonObject
from flows.services.runs import cancel_open_runs
from flows.services.schedules import reschedule


def empty_document(name: str, description: str = "") -> FlowDocument:
    """The drawing of a new flow."""
    return FlowDocument(name=name, description=description)


def read_or_refuse(raw: JsonObject, *, is_draft: bool = False) -> FlowDocument:
    """A document from outside; in a draft, what people typed and cannot be used yet stays, as a problem.

    Raises:
        Problem: 400 `bad_document` with every fault and where it is.
    """
    try:
        return read_document(raw, keeps_typed=is_draft)
    except DocumentError as error:
        errors = [fault.to_json() for fault in error.errors]
        raise bad_value(
            "bad_document",
            f"The flow document cannot be read: {errors[0]['message']}",
            hint=errors[0]["hint"],
            field=errors[0]["field"],
            extra={"errors": errors},
        ) from error


def create_flow(
    *,
    actor: Actor,
    name: str,
    description: str = "",
    document: FlowDocument | None = None,
    is_demo: bool = False,
    is_managed: bool = False,
) -> Flow:
    """A new flow with a draft, switched off. It belongs to the actor's tenant.

    A document keeps the name that it carries: one that was imported under another name exports as it came.
    """
    actor.need(Permission.edit_flows)
    now = datetime.now(UTC)
    drawing = document_json(document or empty_document(name, description))
    with transaction.atomic():
        flow = Flow.objects.create(
            tenant_id=actor.tenant_id,
            name=name,
            description=description,
            is_demo=is_demo,
            is_managed=is_managed,
            draft=drawing,
            draft_saved_at=now,
            draft_saved_by=actor.name,
            created_at=now,
            updated_at=now,
        )
        audit.record(actor, "created", "flow", str(flow.id), tenant_id=flow.tenant_id, changes={"name": name})
    return flow


def update_flow(
    *,
    actor: Actor,
    flow: Flow,
    name: str | None = None,
    description: str | None = None,
    is_enabled: bool | None = None,
) -> Flow:
    """Rename, describe, switch on or off.

    Raises:
        Problem: 409 `not_published` when a flow without a version is switched on.
    """
    actor.need(Permission.publish_flows if is_enabled is not None else Permission.edit_flows)
    refuse_followed(actor, flow)
    if is_enabled and flow.published_id is None:
        raise conflict(
            "not_published",
            "The flow has no published version.",
            hint="Publish it first.",
            field="is_enabled",
        )
    wanted = {"name": name, "description": description, "is_enabled": is_enabled}
    changes = {
        field: [getattr(flow, field), value]
        for field, value in wanted.items()
        if value is not None and value != getattr(flow, field)
    }
    with transaction.atomic():
        for field, (_, value) in changes.items():
            setattr(flow, field, value)
        flow.updated_at = datetime.now(UTC)
        flow.save(update_fields=["name", "description", "is_enabled", "updated_at"])
        if "name" in changes or "description" in changes:
            _rename_draft(flow)
        if "is_enabled" in changes:
            triggers_changed()
            if is_enabled:
                reschedule(flow)
        audit.record(actor, "updated", "flow", str(flow.id), tenant_id=flow.tenant_id, changes=changes)
    return flow


def _rename_draft(flow: Flow) -> None:
    """The drawing is called as the flow is; whoever has the draft open learns of it by the revision."""
    locked = Flow.objects.select_for_update().get(id=flow.id)
    locked.draft = {**locked.draft, "name": flow.name, "description": flow.description}
    locked.draft_revision += 1
    locked.save(update_fields=["draft", "draft_revision"])
    flow.draft, flow.draft_revision = locked.draft, locked.draft_revision


def delete_flow(*, actor: Actor, flow: Flow) -> None:
    """Take a flow away: it starts nothing any more, and its open runs are cancelled. Its runs stay readable."""
    actor.need(Permission.edit_flows)
    refuse_followed(actor, flow)
    with transaction.atomic():
        flow.deleted_at = datetime.now(UTC)
        flow.is_enabled = False
        flow.save(update_fields=["deleted_at", "is_enabled"])
        triggers_changed()
        cancel_open_runs(flow, "The flow was deleted.")
        audit.record(
            actor, "deleted", "flow", str(flow.id), tenant_id=flow.tenant_id, changes={"name": flow.name}
        )


def duplicate_flow(*, actor: Actor, flow: Flow) -> Flow:
    """A copy of the draft under another name, switched off."""
    name = copy_name(flow.name)
    document = replace(read_or_refuse(flow.draft, is_draft=True), name=name)
    return create_flow(actor=actor, name=name, description=flow.description, document=document)


def copy_name(name: str) -> str:
    """What a copy is called."""
    return f"{name[:190]} (copy)"


def save_draft(*, actor: Actor, flow: Flow, document: JsonObject, revision: int) -> Flow:
    """Store a draft that was drawn on `revision`. A draft with problems saves, too.

    Raises:
        Problem: 400 `bad_document`; 412 `stale_draft` with who saved when: nothing was changed.
    """
    actor.need(Permission.edit_flows)
    refuse_followed(actor, flow)
    drawing = document_json(read_or_refuse(document, is_draft=True))
    now = datetime.now(UTC)
    renamed = {
        field: drawing[field] for field in ("name", "description") if drawing[field] != flow.draft.get(field)
    }
    with transaction.atomic():
        changed = Flow.objects.filter(id=flow.id, draft_revision=revision, deleted_at=None).update(
            draft=drawing,
            draft_revision=revision + 1,
            draft_saved_at=now,
            draft_saved_by=actor.name,
            updated_at=now,
            **renamed,
        )
        if not changed:
            raise stale_draft(flow)
        audit.record(
            actor,
            "saved_draft",
            "flow",
            str(flow.id),
            tenant_id=flow.tenant_id,
            changes={"revision": [revision, revision + 1]},
        )
    flow.refresh_from_db()
    return flow


def refuse_followed(actor: Actor, flow: Flow) -> None:
    """Stop unless people may change the flow.

    Raises:
        Problem: 409 `follows_file` with the file.
    """
    if flow.followed_file and not actor.is_system:
        raise conflict(
            "follows_file",
            f"This flow follows the file {flow.followed_file}, which alone changes it.",
            hint="Change the file; or duplicate the flow, and change the copy.",
            extra={"file": flow.followed_file},
        )


def stale_draft(flow: Flow) -> Problem:
    """What to answer when the draft was saved by someone else meanwhile."""
    flow.refresh_from_db()
    return Problem(
        412,
        "stale_draft",
        f"{flow.draft_saved_by or 'Someone'} saved this draft meanwhile.",
        hint="Load the newest draft and repeat your change, or overwrite it on purpose.",
        extra={
            "saved_by": flow.draft_saved_by,
            "saved_at": flow.draft_saved_at.isoformat(),
            "revision": flow.draft_revision,
        },
    )


def triggers_changed() -> None:
    """Tell every process that its copy of the triggers is old. Inside the transaction of the change."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO flows_generation (id, value) VALUES (1, 1) "
            "ON CONFLICT (id) DO UPDATE SET value = flows_generation.value + 1"
        )
