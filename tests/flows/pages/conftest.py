"""Flows, runs and events that the page tests look at."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from django.test import Client

from accounts.actors import Actor
from accounts.models import Tenant, User
from common.ids import first_id_at
from flows.graph import DocumentEdge, DocumentNode, FlowDocument
from flows.models import Event, Flow, LogLine, QueueEntry, Run, Step
from flows.services.flows import create_flow
from flows.services.versions import publish

NOW = datetime.now(UTC)


def drawing(name: str = "Welcome") -> FlowDocument:
    """Event, then a filter: publishes without help from outside."""
    return FlowDocument(
        name=name,
        nodes=(
            DocumentNode(id="t", type="event", name="Created", config={"event": "server.created"}),
            DocumentNode(
                id="f",
                type="filter",
                name="Big?",
                config={"field": "ram", "operation": ">=", "value": "8192"},
            ),
        ),
        edges=(DocumentEdge("t", "out", "f"),),
    )


def published(user: User, name: str = "Welcome") -> Flow:
    """A flow that is on."""
    actor = Actor.of_user(user)
    flow = create_flow(actor=actor, name=name, document=drawing(name))
    publish(actor=actor, flow=flow, revision=flow.draft_revision, is_enabled=True)
    flow.refresh_from_db()
    return flow


@dataclass(frozen=True)
class House:
    """One flow with one run of one event."""

    flow: Flow
    event: Event
    run: Run


def furnished(flow: Flow, status: str = "failed", at: datetime | None = None) -> House:
    """A run of the flow with a step and a line; now, or at another time."""
    when, ids = at or NOW, {"id": first_id_at(at)} if at else {}
    event = Event.objects.create(
        **ids,
        tenant=flow.tenant,
        type="server.created",
        source="api",
        payload={"hostname": "secret-host"},
        accepted_at=when,
        run_count=1,
    )
    error = {"code": "boom", "message": "It broke.", "hint": "", "node": "f"} if status == "failed" else None
    run = Run.objects.create(
        **ids,
        flow=flow,
        version=flow.published,
        tenant=flow.tenant,
        event=event,
        status=status,
        created_at=when,
        started_at=when,
        finished_at=when if status in ("failed", "succeeded") else None,
        error=error,
    )
    if status in ("queued", "waiting", "running"):
        QueueEntry.objects.create(run=run, flow_id=flow.id, tenant_id=flow.tenant_id, due_ms=1)
    Step.objects.create(
        run=run, node_id="f", seq=1, status="succeeded", port="true", started_at=NOW, finished_at=NOW
    )
    LogLine.objects.create(run=run, seq=2, at=NOW, level=20, node_id="f", text="compared")
    return House(flow, event, run)


@pytest.fixture
def house(tenant_admin: User) -> House:
    return furnished(published(tenant_admin))


@pytest.fixture
def as_user() -> Callable[[User], Client]:
    """`as_user(user)` is a browser in which that user is signed in."""

    def browser(user: User) -> Client:
        made = Client()
        made.force_login(user)
        return made

    return browser


@pytest.fixture
def other_house(outsider_admin: User, other_tenant: Tenant) -> House:
    return furnished(published(outsider_admin, "Foreign flow"))
