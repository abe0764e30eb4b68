"""What the compiler is told of this installation."""

import pytest

from accounts.actors import Actor
from accounts.models import Tenant, User
from flows.graph import DocumentNode, FlowDocument
from flows.services.event_types import define
from flows.services.plans import compile_for

pytestmark = pytest.mark.django_db


def hints(node: DocumentNode, tenant_id: int | None) -> list[tuple[str, str]]:
    found = compile_for(FlowDocument("F", (node,)), tenant_id).problems
    return [(problem.code, problem.hint) for problem in found if problem.node == node.id]


def test_a_misspelt_node_type_names_the_nearest() -> None:
    assert ("unknown_node_type", "Did you mean “send-mail”?") in hints(
        DocumentNode("a", "send-mial", "A"), None
    )


def test_a_misspelt_event_type_names_the_nearest() -> None:
    trigger = DocumentNode("t", "event", "T", config={"event": "server.craeted"})
    assert ("unknown_event_type", "Did you mean “server.created”?") in hints(trigger, None)


def test_only_event_types_in_reach_are_suggested(flow_editor: User, other_tenant: Tenant) -> None:
    define(
        actor=Actor.of_user(flow_editor),
        name="parcel.delivered",
        label="Delivered",
        schema={"type": "object"},
    )
    trigger = DocumentNode("t", "event", "T", config={"event": "parcel.deliverd"})
    assert ("unknown_event_type", "Did you mean “parcel.delivered”?") in hints(trigger, flow_editor.tenant_id)
    assert ("unknown_event_type", "Choose one, or define it first.") in hints(trigger, other_tenant.pk)


def test_only_the_platforms_flows_ask_for_tenants(tenant: Tenant) -> None:
    trigger = DocumentNode("t", "life-cycle", "T", config={"event": "workflow_failed", "tenants": ["Acme"]})
    assert ("platform_only", "Leave it empty.") in hints(trigger, tenant.pk)
    assert hints(trigger, None) == []
