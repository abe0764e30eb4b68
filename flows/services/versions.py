"""Publishing: a draft becomes an immutable version and the flow's trigger. Also restoring and comparing."""

import secrets
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts import audit
from accounts.actors import Actor
from accounts.roles import Permission
from common.problems import bad_value, conflict, not_found
from flows.compiler.plan import Plan
from flows.engine.dry_run import Room
from flows.graph.codec import write_document
from flows.graph.diff import DocumentDiff, FieldChange, diff_documents
from flows.models import Flow, FlowVersion, Hook, Trigger
from flows.sdk import EventTrigger, HookTrigger, JsonObject, ScheduleTrigger
from flows.services.drafting import plan_or_refuse
from flows.services.flows import read_or_refuse, refuse_followed, save_draft, stale_draft, triggers_changed
from flows.services.schedules import next_fire


def publish(
    *,
    actor: Actor,
    flow: Flow,
    revision: int,
    comment: str = "",
    is_enabled: bool | None = None,
    plan: Plan | None = None,
) -> FlowVersion:
    """Make the draft at `revision` the version that runs. Runs that are open keep theirs.

    Args:
        is_enabled: whether the flow is on afterwards; without it, it stays as it is, which is off for a new flow.
        plan: of the draft at `revision`, from who compiled it before a transaction.

    Raises:
        Problem: 412 `stale_draft`; 422 `flow_has_problems` with all problems: nothing was changed.
    """
    actor.need(Permission.publish_flows)
    refuse_followed(actor, flow)
    now = datetime.now(UTC)
    drawn = Flow.objects.get(id=flow.id)
    if drawn.draft_revision != revision:
        raise stale_draft(flow)
    plan = plan or plan_or_refuse(read_or_refuse(drawn.draft, is_draft=True), drawn.tenant_id)
    with transaction.atomic():
        locked = Flow.objects.select_for_update().get(id=flow.id)
        if locked.draft_revision != revision:
            raise stale_draft(flow)
        last = locked.versions.order_by("-number").values_list("number", flat=True).first()
        version = FlowVersion.objects.create(
            flow=locked,
            number=(last or 0) + 1,
            document=locked.draft,
            comment=comment,
            published_at=now,
            published_by=actor.name,
        )
        locked.published = version
        switched = {} if is_enabled in (None, locked.is_enabled) else {"is_enabled": is_enabled}
        locked.is_enabled = switched.get("is_enabled", locked.is_enabled)
        locked.updated_at = now
        locked.save(update_fields=["published", "is_enabled", "updated_at"])
        _write_trigger(locked, version, plan, now)
        triggers_changed()
        told = {"version": version.number, "comment": comment, **switched}
        audit.record(actor, "published", "flow", str(flow.id), tenant_id=flow.tenant_id, changes=told)
    flow.refresh_from_db()
    return version


def _write_trigger(flow: Flow, version: FlowVersion, plan: Plan, now: datetime) -> None:
    Trigger.objects.update_or_create(flow=flow, defaults=trigger_values(version, plan, now))
    if isinstance(plan.trigger, HookTrigger):
        ensure_hook(flow)


def trigger_values(version: FlowVersion, plan: Plan, now: datetime) -> dict[str, Any]:
    """The columns of what starts a version."""
    spec = plan.trigger
    return {
        "version": version,
        "node_id": plan.trigger_id,
        "kind": spec.kind,
        "event_type": spec.event_type if isinstance(spec, EventTrigger) else "",
        "spec": asdict(spec),
        "concurrency": version.document["settings"].get("concurrency", {"mode": "parallel"}),
        "tells_own_life": plan.settings.tells_own_life,
        "next_fire_at": next_fire(spec.cron, spec.zone, now) if isinstance(spec, ScheduleTrigger) else None,
    }


def ensure_hook(flow: Flow) -> Hook:
    """The flow's webhook URL, made on first use. It has no secret until one is made, and refuses all calls then."""
    hook, _ = Hook.objects.get_or_create(flow=flow, defaults={"key": secrets.token_urlsafe(24)})
    return hook


def restore(*, actor: Actor, flow: Flow, version: FlowVersion, revision: int) -> Flow:
    """Put a version's drawing into the draft; the draft at `revision` is replaced."""
    return save_draft(actor=actor, flow=flow, document=version.document, revision=revision)


def version_of(flow: Flow, number: int) -> FlowVersion:
    """A version by its number.

    Raises:
        Problem: 404 `not_found`.
    """
    found = flow.versions.filter(number=min(number, 2**31 - 1)).first()
    if found is None:
        raise not_found(f"The flow has no version {number}.")
    return found


def discard_draft(*, actor: Actor, flow: Flow, revision: int) -> Flow:
    """Put the published drawing back into the draft at `revision`.

    Raises:
        Problem: 409 `not_published`; 412 `stale_draft`.
    """
    if flow.published is None:
        raise conflict("not_published", "There is no published version to go back to.")
    return restore(actor=actor, flow=flow, version=flow.published, revision=revision)


def listed(flow: Flow) -> QuerySet[FlowVersion]:
    """All versions without their drawings, newest first."""
    return flow.versions.defer("document")


def drawing(flow: Flow, which: str) -> JsonObject:
    """The drawing of a version by number, or the draft.

    Raises:
        Problem: 404 `not_found`; 400 `bad_version`.
    """
    if which == "draft":
        draft: JsonObject = flow.draft
        return draft
    if not (which.isascii() and which.isdigit() and len(which) <= 9):
        raise bad_value("bad_version", "Name a version by its number, or write draft.", field="version")
    document: JsonObject = version_of(flow, int(which)).document
    return document


def exported(flow: Flow, which: str) -> bytes:
    """A drawing as a canonical document."""
    return write_document(read_or_refuse(drawing(flow, which), is_draft=True))


def compare(flow: Flow, before: str, after: str) -> DocumentDiff:
    """What changed from one drawing to another; `before` empty is the published one."""
    if not before:
        before = str(flow.published.number) if flow.published else "draft"
    found = diff_documents(
        read_or_refuse(drawing(flow, before), is_draft=True),
        read_or_refuse(drawing(flow, after), is_draft=True),
    )
    room = Room()

    def shown(changes: tuple[FieldChange, ...]) -> tuple[FieldChange, ...]:
        return tuple(FieldChange(one.field, room.shown(one.before), room.shown(one.after)) for one in changes)

    settings = shown(found.settings)
    changed = tuple(replace(node, fields=shown(node.fields)) for node in found.changed)
    return replace(found, settings=settings, changed=changed)
