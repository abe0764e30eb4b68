"""The flows that the program draws and keeps for itself: one an owner, which people do not see among theirs."""

from accounts.actors import Actor
from flows.models import Flow
from flows.sdk import JsonObject
from flows.services.flows import create_flow, read_or_refuse
from flows.services.versions import publish


def managed_flow(tenant_id: int | None, drawing: JsonObject) -> Flow:
    """The owner's flow of the drawing's name; drawn, published and switched on when it is asked for first."""
    name = str(drawing["name"])
    found = Flow.objects.filter(tenant=tenant_id, is_managed=True, name=name, deleted_at=None).first()
    if found is not None:
        return found
    actor = Actor.system(tenant_id)
    flow = create_flow(actor=actor, name=name, document=read_or_refuse(drawing), is_managed=True)
    publish(actor=actor, flow=flow, revision=flow.draft_revision, is_enabled=True)
    return flow
