"""What the page of a row shows and offers beside its form."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from inventory.models import IPv4Range, Server, Ticket
from tests.inventory.conftest import Emitted

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("before", "wanted", "event"),
    [
        ("offline", "starting", "server.start"),
        ("online", "stopping", "server.stop"),
        ("online", "restarting", "server.restart"),
    ],
)
def test_a_server_is_started_stopped_and_restarted(
    admin: Client, server: Server, emitted: Emitted, before: str, wanted: str, event: str
) -> None:
    Server.objects.update(status=before)
    page = admin.get(f"/inventory/servers/{server.pk}/").content.decode()
    assert f'value="{wanted}"' in page
    admin.post(f"/inventory/servers/{server.pk}/status/", {"status": wanted})
    server.refresh_from_db()
    assert server.status == wanted
    assert [name for name, _, _ in emitted] == [event]
    admin.post(f"/inventory/servers/{server.pk}/status/", {"status": "suspended"})
    server.refresh_from_db()
    assert server.status == wanted


def test_a_ticket_is_answered(admin: Client, customer: User, ranges: Any) -> None:
    admin.post(
        "/inventory/tickets/new/",
        {"title": "Help", "priority": "low", "creator_id": customer.pk, "content": "Please"},
    )
    ticket = Ticket.objects.get()
    admin.post(f"/inventory/tickets/{ticket.pk}/messages/", {"content": "Done."})
    ticket.refresh_from_db()
    assert (ticket.status, ticket.messages.count()) == ("answered", 2)
    page = admin.post(f"/inventory/tickets/{ticket.pk}/messages/", {"content": " "}, follow=True)
    assert "Nothing was sent" in page.content.decode()


def test_overlapping_ranges_from_before_the_rule_are_shown_to_the_platform(
    client: Client, platform_admin: User
) -> None:
    one, other = (IPv4Range.objects.create(start="10.0.0.1", end="10.0.0.9", subnet=24) for _ in range(2))
    client.force_login(platform_admin)
    page = client.get(f"/inventory/ipv4-ranges/{one.pk}/").content.decode()
    assert f"/inventory/ipv4-ranges/{other.pk}/" in page
