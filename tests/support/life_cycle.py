"""Flows that work, flows that listen to their life, and what was told."""

from typing import Any

from django.db import transaction

from accounts.models import Tenant
from flows.models import Event, Flow, Generation, Run
from flows.sdk import LIFE_CYCLE_EVENTS
from flows.services.events import emit
from tests.support.flows import line, published

TYPE = "server.created"
DOES = ("a", "add-field", {"as_field": "done", "value": "yes"})


def belongs(flow: Flow, tenant: Tenant | None) -> Flow:
    """Give a flow to a tenant."""
    if tenant is not None:
        Flow.objects.filter(id=flow.id).update(tenant=tenant)
        Generation.objects.update(value=Generation.objects.get().value + 1)
        flow.refresh_from_db()
    return flow


def worker(tenant: Tenant | None = None, *, settings: Any = None, name: str = "Install") -> Flow:
    """A flow that does something when a server is created."""
    drawing = line(("t", "event", {"event": TYPE}), DOES, settings=settings)
    return belongs(published({**drawing, "name": name}), tenant)


def hook(
    event: str, tenant: Tenant | None = None, *, condition: Any = None, tells_own_life: bool = False
) -> Flow:
    """A flow that listens to a life-cycle event."""
    config = {"event": event, **({"condition": condition} if condition else {})}
    settings = {"tells_own_life": True} if tells_own_life else {}
    drawing = line(("t", "event", config), DOES, settings=settings)
    return belongs(published(drawing), tenant)


def happens(tenant: Tenant | None = None, **payload: Any) -> Run:
    """A server is created; the run of the first flow that listens."""
    with transaction.atomic():
        accepted = emit(TYPE, {"id": 7, **payload}, tenant_id=tenant.id if tenant else None)
    return Run.objects.get(id=accepted.runs[0])


def told(run: Run | None = None) -> list[str]:
    """The life-cycle events, of one run or of all, in order."""
    rows = Event.objects.filter(type__in=LIFE_CYCLE_EVENTS).order_by("id")
    return list((rows.filter(cause_run_id=run.id) if run else rows).values_list("type", flat=True))


def tenant(name: str = "Acme") -> Tenant:
    """A tenant."""
    return Tenant.objects.create(name=name, slug=name.lower())


def everything(owner: Tenant | None = None) -> None:
    """A hook for each of the five events."""
    for event in LIFE_CYCLE_EVENTS:
        hook(event, owner)
