"""Many new flows at once: compiled before a transaction, and written in a few statements inside it.

Made one by one, two hundred flows keep the only writer of SQLite from everybody else for seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import transaction

from accounts import audit
from accounts.actors import Actor
from accounts.roles import Permission
from flows.compiler.plan import Plan
from flows.graph.codec import document_json
from flows.models import Flow, FlowVersion, Trigger
from flows.sdk import HookTrigger, JsonObject
from flows.services.drafting import plan_or_refuse
from flows.services.flows import read_or_refuse, triggers_changed
from flows.services.plans import Installation
from flows.services.versions import ensure_hook, trigger_values


@dataclass(frozen=True, slots=True)
class Drawn:
    """A document as it is stored, and its plan; without one it stays a draft."""

    document: JsonObject
    plan: Plan | None


def draw(raw: JsonObject, installation: Installation, *, publishes: bool) -> Drawn:
    """Read a document, and compile it if it will be published.

    Raises:
        Problem: 400 `bad_document`; 422 `flow_has_problems`.
    """
    document = read_or_refuse(raw)
    plan = plan_or_refuse(document, installation.owner_id, installation) if publishes else None
    return Drawn(document_json(document), plan)


def make_flows(*, actor: Actor, drawn: Sequence[Drawn], is_managed: bool = False) -> list[Flow]:
    """New flows of the actor's tenant, or of the platform, in this order; those with a plan are published and on."""
    actor.need(Permission.edit_flows)
    now = datetime.now(UTC)
    flows = [_flow(actor, one.document, now, is_managed=is_managed) for one in drawn]
    planned = [(flow, one.plan) for flow, one in zip(flows, drawn, strict=True) if one.plan is not None]
    versions = [
        FlowVersion(flow=flow, number=1, document=flow.draft, published_at=now, published_by=actor.name)
        for flow, _ in planned
    ]
    for (flow, _), version in zip(planned, versions, strict=True):
        flow.published, flow.is_enabled = version, True
    with transaction.atomic():
        Flow.objects.bulk_create(flows)
        audit.record_all(
            actor,
            "created",
            "flow",
            {str(one.id): {"name": one.name} for one in flows},
            tenant_id=actor.tenant_id,
        )
        if planned:
            _put_in_force(actor, planned, versions, now)
    return flows


def _put_in_force(
    actor: Actor, planned: Sequence[tuple[Flow, Plan]], versions: Sequence[FlowVersion], now: datetime
) -> None:
    actor.need(Permission.publish_flows)
    FlowVersion.objects.bulk_create(versions)
    Trigger.objects.bulk_create(
        Trigger(flow=flow, **trigger_values(version, plan, now))
        for (flow, plan), version in zip(planned, versions, strict=True)
    )
    for flow, plan in planned:
        if isinstance(plan.trigger, HookTrigger):
            ensure_hook(flow)
    triggers_changed()
    told = {"version": 1, "comment": "", "is_enabled": True}
    audit.record_all(
        actor, "published", "flow", {str(flow.id): told for flow, _ in planned}, tenant_id=actor.tenant_id
    )


def _flow(actor: Actor, drawing: JsonObject, now: datetime, *, is_managed: bool) -> Flow:
    return Flow(
        tenant_id=actor.tenant_id,
        name=drawing["name"],
        description=drawing["description"],
        is_managed=is_managed,
        draft=drawing,
        draft_saved_at=now,
        draft_saved_by=actor.name,
        created_at=now,
        updated_at=now,
    )
