"""Events reach the core's table, or nothing does."""

import pytest
from django.db import transaction

from accounts.actors import Actor
from accounts.models import User
from flows.models import Event
from inventory.models import Server
from inventory.services.servers import create_server, set_status


@pytest.mark.django_db(transaction=True)
def test_an_event_is_stored_with_the_change(customer: User, system: Actor) -> None:
    server = create_server(actor=system, user=customer, vmid=101, hostname="a.example.org")
    set_status(server, "online", actor=system)
    stored = [
        (event.type, event.tenant_id, event.payload["hostname"]) for event in Event.objects.order_by("id")
    ]
    assert stored == [
        ("server.created", customer.tenant_id, "a.example.org"),
        ("server.start", customer.tenant_id, "a.example.org"),
    ]


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_rolled_back_leaves_no_event(customer: User, system: Actor) -> None:
    def fail_late() -> None:
        with transaction.atomic():
            create_server(actor=system, user=customer, vmid=101, hostname="a.example.org")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_late()
    assert not Event.objects.exists()
    assert not Server.objects.exists()
