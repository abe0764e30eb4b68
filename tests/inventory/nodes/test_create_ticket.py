"""Create ticket."""

from typing import Any

import pytest

from accounts.models import AuditEntry, Tenant, User
from flows.sdk import Json, NodeError, Record, Shape
from flows.sdk.testing import FakeContext, configured, run_node
from inventory.models import Ticket
from inventory.nodes.create_ticket import CreateTicket


def config(**given: Any) -> dict[str, Any]:
    return {"title": "Disk full", "creator_id": 1, "content": "Please look.", **given}


def created(context: FakeContext, **given: Any) -> Record:
    return run_node(CreateTicket, config(**given), {"id": 1}, context=context).record  # type: ignore[union-attr]


@pytest.fixture
def context(tenant: Tenant) -> FakeContext:
    return FakeContext(tenant_id=tenant.pk)


def test_a_ticket_is_opened_with_its_first_message(context: FakeContext, customer: User) -> None:
    record = created(context, creator_id=customer.pk, priority="high")
    ticket = Ticket.objects.get()
    assert record == {"id": 1}
    assert (ticket.title, ticket.priority, ticket.status, ticket.creator) == (
        "Disk full",
        "high",
        "open",
        customer,
    )
    assert ticket.tenant_id == customer.tenant_id
    assert [(message.author, message.content) for message in ticket.messages.all()] == [
        (customer, "Please look.")
    ]
    assert AuditEntry.objects.get().actor_name == f"run {context.run_id}"


def test_a_repeated_step_opens_one_ticket(context: FakeContext, customer: User) -> None:
    records = [created(context, creator_id=str(customer.pk), as_field="made") for _ in range(2)]
    assert records[0] == records[1]
    assert records[0]["made"] == {"id": Ticket.objects.get().pk, "title": "Disk full", "priority": "normal"}


def test_another_tenants_user_cannot_be_the_author(context: FakeContext, other_customer: User) -> None:
    with pytest.raises(NodeError) as failed:
        created(context, creator_id=other_customer.pk)
    assert (failed.value.code, failed.value.field) == ("unknown_user", "creator_id")


@pytest.mark.parametrize(
    ("given", "field"),
    [({"title": ""}, "title"), ({"title": "x" * 201}, "title"), ({"content": ""}, "content")],
)
def test_an_empty_or_long_text_fails_with_its_field(
    context: FakeContext, customer: User, given: dict[str, Json], field: str
) -> None:
    with pytest.raises(NodeError) as failed:
        created(context, creator_id=customer.pk, **given)
    assert (failed.value.code, failed.value.field) == ("invalid", field)
    assert not Ticket.objects.exists()


def test_a_dry_run_shows_the_ticket() -> None:
    drawn = configured(CreateTicket, config(as_field="made"))
    assert CreateTicket().preview(drawn, {}) == {
        "create_ticket": {
            "title": "Disk full",
            "priority": "normal",
            "creator_id": 1,
            "content": "Please look.",
        }
    }
    assert CreateTicket().dry_run_result(drawn, {}).record["made"]["title"] == "Disk full"
    assert CreateTicket().fields(drawn, Shape.object({}))["out"].at("made.id") is not None
