"""The billing system changes balances: the one case in which flows hear of them."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.actors import Actor
from accounts.models import User
from accounts.services import tokens
from flows.models import Event
from inventory.models import Balance

BASE = "/api/v1/inventory/balances/"


def client_of(user: User, maker: User) -> APIClient:
    client = APIClient()
    owner = user if user.is_machine else None
    text = tokens.create(Actor.of_user(maker), name="t", scopes=["balances"], user=owner)[1]
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
    return client


def fired() -> list[tuple[str, Any]]:
    return [(event.type, event.payload["balance"]) for event in Event.objects.order_by("id")]


def change_everything(client: APIClient, customer: User) -> None:
    made = client.post(BASE, {"userid": customer.pk, "balance": 20})
    assert made.status_code == 201, made.content
    row = f"{BASE}{made.json()['id']}/"
    assert client.post(f"{row}remove/", {"amount": "4.50"}).status_code == 200
    assert client.post(f"{row}add/", {"amount": 1}).status_code == 200
    assert client.patch(row, {"balance": 10}).status_code == 200


@pytest.mark.django_db
def test_an_integrations_changes_fire(customer: User, integration: User, tenant_admin: User) -> None:
    change_everything(client_of(integration, tenant_admin), customer)
    assert fired() == [
        ("account.balance_added", 20),
        ("account.balance_removed", 15.5),
        ("account.balance_added", 16.5),
        ("account.balance_removed", 10),
    ]
    assert set(Balance.objects.get().entries.values_list("made_by", flat=True)) == {integration.name}


@pytest.mark.django_db
def test_an_admins_changes_do_not_by_session_or_token(
    api: Any, customer: User, tenant_admin: User, platform_admin: User
) -> None:
    for client in (api(tenant_admin), client_of(tenant_admin, tenant_admin), api(platform_admin)):
        change_everything(client, customer)
        Balance.objects.all().delete()
    assert fired() == []


@pytest.mark.django_db
def test_another_tenants_balance_is_out_of_reach(
    integration: User, tenant_admin: User, outsider_admin: User
) -> None:
    foreign = Balance.objects.create(user=outsider_admin, balance=5)
    client = client_of(integration, tenant_admin)
    assert client.post(f"{BASE}{foreign.pk}/add/", {"amount": 1}).status_code == 404
    assert client.post(BASE, {"userid": outsider_admin.pk, "balance": 1}).status_code == 400
    assert client.get(BASE).json()["results"] == []


@pytest.mark.django_db
def test_deleting_a_balance_needs_more(customer: User, integration: User, tenant_admin: User) -> None:
    found = Balance.objects.create(user=customer, balance=5)
    assert client_of(integration, tenant_admin).delete(f"{BASE}{found.pk}/").status_code == 403
