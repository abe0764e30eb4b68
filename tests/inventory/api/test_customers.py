"""What a customer reaches over the API: own rows, and of those what is meant for customers."""

from typing import Any

import pytest
from django.apps import apps
from rest_framework.test import APIClient

from accounts.actors import Actor
from accounts.models import Tenant, User
from accounts.roles import Role
from accounts.scope import readable, visible
from inventory.models import Balance, Server, Ticket
from inventory.services.balances import writer as balance_writer
from inventory.services.tickets import create_ticket
from inventory.tables import SERVER
from tests.conftest import make_user

BASE = "/api/v1/inventory"
OWN = ("servers", "balances", "tickets")


@pytest.fixture
def neighbour(tenant: Tenant) -> User:
    return make_user("neighbour@acme.example", Role.customer, tenant)


@pytest.fixture
def rows(tenant: Tenant, customer: User, neighbour: User, tenant_admin: User) -> dict[User, dict[str, int]]:
    """The ids of each customer's own things, by route."""
    admin = Actor.of_user(tenant_admin)
    made = {}
    for number, user in enumerate((customer, neighbour)):
        hostname = f"{user.name}.example.org"
        server = Server.objects.create(
            tenant=tenant, user=user, vmid=100 + number, hostname=hostname, note="pays late", ha_group="a"
        )
        server.interfaces.create(number=0)
        server.charges.create(amount=1)
        balance = balance_writer.create(actor=admin, values={"user": user, "balance": 5})
        ticket = create_ticket(
            actor=admin, title=f"Of {user.name}", priority="low", creator_id=user.pk, content="Hello"
        )
        made[user] = {"servers": server.pk, "balances": balance.pk, "tickets": ticket.pk}
    return made


@pytest.fixture
def mine(api: Any, customer: User) -> APIClient:
    client: APIClient = api(customer)
    return client


@pytest.mark.parametrize("route", OWN)
def test_lists_and_rows_are_the_own_ones(route: str, mine: APIClient, rows, customer, neighbour) -> None:
    shown = mine.get(f"{BASE}/{route}/").json()["results"]
    assert [row["id"] for row in shown] == [rows[customer][route]]
    assert mine.get(f"{BASE}/{route}/{rows[customer][route]}/").status_code == 200
    assert mine.get(f"{BASE}/{route}/{rows[neighbour][route]}/").status_code == 404
    assert mine.get(f"{BASE}/{route}/?q=neighbour").json()["results"] == []


@pytest.mark.parametrize("path", ["balances/{balances}/entries/", "tickets/{tickets}/messages/"])
def test_what_hangs_on_a_neighbours_row_is_out_of_reach(path: str, mine, rows, customer, neighbour) -> None:
    assert mine.get(f"{BASE}/{path.format(**rows[customer])}").status_code == 200
    assert mine.get(f"{BASE}/{path.format(**rows[neighbour])}").status_code == 404


def test_every_model_shows_own_rows_or_none(customer: User, neighbour: User, rows) -> None:
    for model in apps.get_models():
        if not hasattr(model, "tenant_path"):
            continue
        path = getattr(model, "owner_path", None)
        for user in (customer, neighbour):
            actor = Actor.of_user(user)
            for found in (visible(model, actor), readable(model, actor)):  # type: ignore[type-var]
                owners = set(found.values_list(path, flat=True)) if path else set(found)
                assert owners <= {user.pk}, model


@pytest.mark.parametrize("column", [column.name for column in SERVER.columns if column.is_internal])
def test_what_is_for_admins_is_neither_shown_nor_asked_for(column: str, mine: APIClient, rows) -> None:
    assert column not in mine.get(f"{BASE}/servers/").json()["results"][0]
    assert len(mine.get(f"{BASE}/servers/?{column}=nothing").json()["results"]) == 1


def test_who_of_the_staff_changed_a_balance_is_not_shown(mine: APIClient, rows, customer: User) -> None:
    entry = mine.get(f"{BASE}/balances/{rows[customer]['balances']}/entries/").json()["results"][0]
    assert set(entry) == {"id", "amount", "description", "created_at"}


def test_a_ticket_is_opened_for_oneself(mine: APIClient, customer: User, neighbour: User) -> None:
    made = mine.post(f"{BASE}/tickets/", {"title": "Help", "content": "Please."})
    assert made.status_code == 201
    ticket = Ticket.objects.get(pk=made.json()["id"])
    assert (ticket.creator, ticket.tenant_id, ticket.status) == (customer, customer.tenant_id, "open")
    foreign = {"title": "x", "content": "y", "creator_id": neighbour.pk}
    assert mine.post(f"{BASE}/tickets/", foreign).status_code == 400
    assert mine.post(f"{BASE}/tickets/", {**foreign, "creator_id": customer.pk}).status_code == 201
    closed = {"title": "x", "content": "y", "status": "closed"}
    assert mine.post(f"{BASE}/tickets/", closed).json()["field"] == "status"


def test_an_answer_opens_the_own_ticket_again(mine: APIClient, rows, customer: User, neighbour: User) -> None:
    Ticket.objects.update(status="closed")
    own, other = rows[customer]["tickets"], rows[neighbour]["tickets"]
    assert mine.post(f"{BASE}/tickets/{own}/messages/", {"content": "Still."}).status_code == 201
    assert mine.post(f"{BASE}/tickets/{other}/messages/", {"content": "Ha."}).status_code == 404
    assert (Ticket.objects.get(pk=own).status, Ticket.objects.get(pk=other).status) == ("open", "closed")


def test_a_customer_of_the_platform_reaches_own_rows_only(api: Any, db: None, rows) -> None:
    root = make_user("direct@example.org", Role.customer, None)
    Balance.objects.create(user=root, balance=3)
    shown = api(root).get(f"{BASE}/balances/").json()["results"]
    assert [row["userid"] for row in shown] == [root.pk]
    assert api(root).get(f"{BASE}/servers/").json()["results"] == []
