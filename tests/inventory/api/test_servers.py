"""Servers over the API."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import Tenant, User
from inventory.models import IPv4Address, Package, Server
from tests.inventory.conftest import Emitted

URL = "/api/v1/inventory/servers/"


@pytest.fixture
def admin(api: Any, tenant_admin: User) -> APIClient:
    client: APIClient = api(tenant_admin)
    return client


def test_a_server_comes_with_its_interfaces_and_charges(
    admin: APIClient, customer: User, emitted: Emitted
) -> None:
    body = {
        "vmid": 101,
        "userid": customer.pk,
        "hostname": "a.example.org",
        "interfaces": [{"number": 0, "vlan_tag": 7}],
        "charges": [{"amount": 4.5, "description": "Backup", "serverType": "c"}],
    }
    row = admin.post(URL, body, format="json").json()
    assert row["interfaces"] == [{"number": 0, "name": "net0", "vlan_tag": 7, "rate_limit": None}]
    assert row["charges"][0]["amount"] == 4.5
    assert row["createdAt"].endswith("Z")
    assert row["tenant"] == customer.tenant_id
    assert [name for name, _, _ in emitted] == ["server.created"]


def test_a_change_of_status_over_the_api_fires(admin: APIClient, server: Server, emitted: Emitted) -> None:
    admin.patch(f"{URL}{server.pk}/", {"status": "starting"}, format="json")
    assert [name for name, _, _ in emitted] == ["server.start"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"userid": 10**6}, "userid"),
        ({"userid": 10**40}, "userid"),
        ({"userid": True}, "userid"),
        ({"vmid": 1}, "vmid"),
        ({"vmid": 10**20}, "vmid"),
        ({"status": "asleep"}, "status"),
        ({"createdAt": "2026-01-01T00:00:00Z"}, "createdAt"),
        ({"interfaces": [{"number": 1}, {"number": 1}]}, "interfaces"),
        ({"interfaces": [{"number": 32}]}, "interfaces.0.number"),
        ({"charges": [{"amount": "1e20"}]}, "charges.0.amount"),
        ({"hostname": "a\u202eb"}, "hostname"),
        ({"max_restart": 11}, "max_restart"),
    ],
)
def test_a_bad_value_names_its_field(
    admin: APIClient, server: Server, body: dict[str, Any], field: str
) -> None:
    answer = admin.patch(f"{URL}{server.pk}/", body, format="json")
    assert (answer.status_code, answer.json()["field"]) == (400, field)


def test_a_foreign_and_an_unknown_user_are_the_same_error(
    admin: APIClient, server: Server, other_customer: User
) -> None:
    answers = [
        admin.patch(f"{URL}{server.pk}/", {"userid": pk}, format="json").json()
        for pk in (other_customer.pk, 987654)
    ]
    texts = [str(answer["detail"]).replace(str(other_customer.pk), "987654") for answer in answers]
    assert texts[0] == texts[1]


def test_a_package_of_the_platform_can_be_used_and_not_changed(admin: APIClient, server: Server) -> None:
    package = Package.objects.create(name="S", price=5)
    assert admin.patch(f"{URL}{server.pk}/", {"packageId": package.pk}, format="json").status_code == 200
    url = f"/api/v1/inventory/packages/{package.pk}/"
    assert admin.get(url).status_code == 200
    for refused in (admin.patch(url, {"price": 1}, format="json"), admin.delete(url)):
        assert (refused.status_code, refused.json()["code"]) == (403, "platform_row")


def test_a_server_cannot_be_moved_to_another_tenant(
    admin: APIClient, server: Server, other_tenant: Tenant
) -> None:
    answer = admin.patch(f"{URL}{server.pk}/", {"tenant": other_tenant.pk}, format="json")
    assert (answer.status_code, answer.json()["field"]) == (400, "tenant")


def test_the_platforms_admin_makes_servers_for_the_tenant_of_the_user(
    api: Any, platform_admin: User, customer: User
) -> None:
    body = {"vmid": 101, "userid": customer.pk, "hostname": "a.example.org"}
    row = api(platform_admin).post(URL, body, format="json").json()
    assert row["tenant"] == customer.tenant_id


def test_a_user_of_the_platform_cannot_have_a_server(api: Any, platform_admin: User) -> None:
    body = {"vmid": 101, "userid": platform_admin.pk, "hostname": "a.example.org"}
    answer = api(platform_admin).post(URL, body, format="json")
    assert answer.status_code == 400
    assert "belongs to a tenant" in answer.json()["detail"]


def test_deleted_servers_are_listed_when_asked_for(admin: APIClient, server: Server) -> None:
    admin.delete(f"{URL}{server.pk}/")
    assert admin.get(URL).json()["results"] == []
    (row,) = admin.get(URL, {"deleted": "true"}).json()["results"]
    assert row["deletedAt"]


def test_an_address_in_use_cannot_be_deleted(admin: APIClient, server: Server, address: IPv4Address) -> None:
    assert admin.patch(f"{URL}{server.pk}/", {"ip": address.pk}, format="json").json()["ip"] == address.pk
    for url in (f"ipv4-addresses/{address.pk}", f"ipv4-ranges/{address.range_id}"):
        answer = admin.delete(f"/api/v1/inventory/{url}/")
        assert (answer.status_code, answer.json()["code"]) == (409, "in_use")
