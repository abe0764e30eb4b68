"""A customer in the browser."""

from typing import Any

import pytest
from django.test import Client

from accounts.actors import Actor
from accounts.models import Tenant, User
from accounts.roles import Role
from common.problems import Problem
from flows.models import Event
from flows.services.flow_reading import flow_for
from flows.services.run_reading import run_for
from inventory.models import Server, Ticket
from inventory.services.balances import writer as balance_writer
from inventory.services.tickets import create_ticket
from tests.conftest import PASSWORD, make_user
from tests.flows.pages.conftest import furnished, published

STAFF_LINKS = ("/flows/", "/runs/", "/events/", "/inventory/", "/audit/", "/users/", "/tokens/", "/api/docs/")


@pytest.fixture
def home(client: Client, customer: User) -> Client:
    """The customer, signed in with the password, as people do."""
    answer = client.post("/sign-in/", {"email": customer.email, "password": PASSWORD})
    assert answer.status_code == 302
    return client


@pytest.fixture
def things(tenant: Tenant, customer: User, tenant_admin: User) -> dict[str, Any]:
    admin = Actor.of_user(tenant_admin)
    balance_writer.create(actor=admin, values={"user": customer, "balance": 42, "description": "Top-up"})
    neighbour = make_user("n@acme.example", Role.customer, tenant)
    return {
        "server": Server.objects.create(
            tenant=tenant, user=customer, vmid=1, hostname="web-1.example.org", note="pays late"
        ),
        "foreign": Server.objects.create(tenant=tenant, user=neighbour, vmid=2, hostname="other.example.org"),
        "ticket": create_ticket(
            actor=admin, title="Slow", priority="high", creator_id=customer.pk, content="<b>So slow</b>"
        ),
    }


def text_of(client: Client, path: str) -> str:
    answer = client.get(path, follow=True)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_signing_in_fires_account_login(home: Client, customer: User) -> None:
    event = Event.objects.get(type="account.login")
    assert (event.payload["id"], event.tenant_id) == (customer.pk, customer.tenant_id)


def test_the_start_page_is_the_own_servers(home: Client, things: dict[str, Any]) -> None:
    assert home.get("/")["Location"] == "/my/servers/"
    text = text_of(home, "/")
    assert "web-1.example.org" in text
    assert "other.example.org" not in text
    assert "42.00" in text


@pytest.mark.parametrize("path", ["/my/servers/", "/my/balance/", "/my/tickets/", "/profile/", "/password/"])
def test_no_page_leads_to_what_is_for_staff(home: Client, things: dict[str, Any], path: str) -> None:
    text = text_of(home, path)
    assert [link for link in STAFF_LINKS if f'href="{link}"' in text] == []
    assert 'href="/my/tickets/"' in text


@pytest.mark.parametrize("path", STAFF_LINKS)
def test_what_is_for_staff_is_refused(home: Client, path: str) -> None:
    assert home.get(path).status_code == 403


def test_a_server_shows_what_is_for_its_owner(home: Client, things: dict[str, Any]) -> None:
    text = text_of(home, f"/my/servers/{things['server'].pk}/")
    assert "web-1.example.org" in text
    assert "pays late" not in text
    assert home.get(f"/my/servers/{things['foreign'].pk}/").status_code == 404


def test_a_ticket_is_opened_read_and_answered(home: Client, things: dict[str, Any], customer: User) -> None:
    made = home.post("/my/tickets/new/", {"title": "Help", "priority": "low", "content": "Please."})
    ticket = Ticket.objects.get(title="Help")
    assert made["Location"] == f"/my/tickets/{ticket.pk}/"
    assert ticket.creator == customer
    home.post(made["Location"], {"content": "More words"})
    assert "More words" in text_of(home, made["Location"])
    assert "&lt;b&gt;So slow" in text_of(home, f"/my/tickets/{things['ticket'].pk}/")
    assert home.post("/my/tickets/new/", {"title": "", "content": "x"}).status_code == 200


def test_the_balance_shows_its_entries(home: Client, things: dict[str, Any]) -> None:
    text = text_of(home, "/my/balance/")
    assert "Top-up" in text
    assert "+42.00" in text
    assert "admin" not in text


def test_staff_see_their_own_things_there_too(client: Client, viewer: User, things: dict[str, Any]) -> None:
    client.force_login(viewer)
    assert "web-1.example.org" not in text_of(client, "/my/servers/")
    assert client.get(f"/my/servers/{things['server'].pk}/").status_code == 404


def test_a_customer_watches_nothing(customer: User, tenant_admin: User) -> None:
    """The websockets ask these two before they let anyone in."""
    house = furnished(published(tenant_admin, "Theirs"))
    actor = Actor.of_user(customer)
    for asked, found in ((flow_for, house.flow), (run_for, house.run)):
        with pytest.raises(Problem):
            asked(actor, found.id)
