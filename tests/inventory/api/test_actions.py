"""What single tables can do besides."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.actors import Actor
from accounts.models import User
from inventory.models import Server, Tag
from inventory.services.balances import add_balance
from inventory.services.tickets import create_ticket
from tests.inventory.conftest import Emitted

BASE = "/api/v1/inventory"


@pytest.fixture
def admin(api: Any, tenant_admin: User) -> APIClient:
    client: APIClient = api(tenant_admin)
    return client


def test_a_balance_is_added_to_and_taken_from(
    admin: APIClient, customer: User, system: Actor, emitted: Emitted
) -> None:
    balance = add_balance(customer, 10, actor=system)  # type: ignore[arg-type]
    emitted.clear()
    url = f"{BASE}/balances/{balance.pk}"
    assert admin.post(f"{url}/add/", {"amount": 5.5}, format="json").json()["balance"] == 15.5
    assert admin.post(f"{url}/remove/", {"amount": "20"}, format="json").json()["balance"] == -4.5
    assert [entry["amount"] for entry in admin.get(f"{url}/entries/").json()["results"]] == [-20, 5.5, 10]
    assert not emitted
    assert admin.post(f"{url}/add/", {"amount": -1}, format="json").json()["field"] == "amount"


def test_a_tag_is_put_on_and_taken_off(admin: APIClient, server: Server) -> None:
    tag = Tag.objects.create(tenant=server.tenant, name="vip")
    url, thing = f"{BASE}/tags/{tag.pk}", {"resource_type": "server", "resource_id": server.pk}
    for _ in range(2):
        assert admin.post(f"{url}/assign/", thing, format="json").status_code == 204
    assert admin.get(f"{url}/assignments/").json()["results"] == [thing]
    assert [row["name"] for row in admin.get(f"{BASE}/tags/", thing).json()["results"]] == ["vip"]
    assert admin.post(f"{url}/unassign/", thing, format="json").status_code == 204
    assert admin.get(f"{BASE}/tags/", thing).json()["results"] == []


def test_a_tag_is_not_put_on_what_is_out_of_reach(
    admin: APIClient, server: Server, other_server: Server
) -> None:
    tag = Tag.objects.create(tenant=server.tenant, name="vip")
    thing = {"resource_type": "server", "resource_id": other_server.pk}
    answer = admin.post(f"{BASE}/tags/{tag.pk}/assign/", thing, format="json")
    assert (answer.status_code, answer.json()["field"]) == (400, "resource_id")


@pytest.mark.parametrize("query", [{"resource_type": "server"}, {"resource_type": "x", "resource_id": "y"}])
def test_half_a_thing_is_no_filter(admin: APIClient, query: dict[str, str]) -> None:
    assert admin.get(f"{BASE}/tags/", query).json()["code"] == "invalid"


def test_the_same_tag_twice_is_an_error(admin: APIClient) -> None:
    assert admin.post(f"{BASE}/tags/", {"name": "vip"}, format="json").status_code == 201
    assert admin.post(f"{BASE}/tags/", {"name": "vip"}, format="json").status_code == 400


def test_an_answer_makes_a_ticket_answered(
    admin: APIClient, viewer: User, api: Any, customer: User, system: Actor
) -> None:
    ticket = create_ticket(
        actor=system, title="Help", priority="low", creator_id=customer.pk, content="Please."
    )
    url = f"{BASE}/tickets/{ticket.pk}/"
    assert admin.post(f"{url}messages/", {"content": "Done."}, format="json").status_code == 201
    texts = [message["content"] for message in admin.get(f"{url}messages/").json()["results"]]
    assert texts == ["Done.", "Please."]
    assert admin.get(url).json()["status"] == "answered"
    assert api(viewer).post(f"{url}messages/", {"content": "x"}, format="json").status_code == 403


def test_a_line_of_the_event_log_cannot_be_changed(admin: APIClient) -> None:
    made = admin.post(f"{BASE}/event-log/", {"level": 1, "message": "x"}, format="json").json()
    changed = admin.patch(f"{BASE}/event-log/{made['id']}/", {"level": 2}, format="json")
    assert changed.status_code == 405
