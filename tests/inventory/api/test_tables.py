"""What holds for every table of the API."""

from dataclasses import replace
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import AuditEntry, Tenant, User
from inventory.api.viewsets import viewset_for
from inventory.columns import Table
from inventory.models import IPv4Range, IPv6Range, Package, Server
from inventory.services.writers import writer_of
from inventory.tables import BY_ROUTE, TABLES

BASE = "/api/v1/inventory"


def body_of(route: str, user: User, ranges: dict[str, int]) -> dict[str, Any]:
    """A body that makes a row of the table."""
    return {
        "servers": {"vmid": 101, "userid": user.pk, "hostname": "a.example.org"},
        "balances": {"userid": user.pk, "balance": 12.5},
        "charges": {"price": "4.50", "calcOnly": 1},
        "packages": {"name": "S", "price": 4.99, "meta": [{"key": "cpu", "value": "AMD"}]},
        "templates": {"vmid": 9000, "displayName": "Debian 13"},
        "ipv4-addresses": {"fk_ipam": ranges["ipv4"], "ip": "10.0.0.7"},
        "ipv4-ranges": {"start": "10.1.0.1", "end": "10.1.0.9", "subnet": 24},
        "ipv6-addresses": {"fk_ipam": ranges["ipv6"], "ip": "2001:db8::7"},
        "ipv6-ranges": {"network": "2001:db8:1::", "prefix": 48, "target": 64},
        "tags": {"name": "vip", "color": "#ff0000"},
        "tickets": {"title": "Help", "creator_id": user.pk, "content": "Please."},
        "event-log": {"level": 2, "message": "Disk is full"},
    }.get(route) or plain_body(BY_ROUTE[route])


def plain_body(table: Table) -> dict[str, Any]:
    """A body for a table that asks for nothing in particular."""
    values = {"string": "text", "integer": 1, "number": 1.5, "boolean": True}
    needed = [column for column in table.columns if column.is_writable and column.name != "tenant"]
    return {column.name: values[column.shape.type] for column in needed if column.shape.type in values}


CHANGE: dict[str, dict[str, Any]] = {
    "servers": {"ram": 4096},
    "balances": {"balance": 3},
    "charges": {"active": 0},
    "packages": {"price": 6},
    "templates": {"disabled": 1},
    "ipv4-addresses": {"mac": "00:16:3e:00:00:01"},
    "ipv4-ranges": {"gateway": "10.1.0.1"},
    "ipv6-addresses": {"mac": "00:16:3e:00:00:01"},
    "ipv6-ranges": {"target": 56},
    "tags": {"color": "#00ff00"},
    "tickets": {"status": "closed"},
    "proxmox-nodes": {"credential": "Another"},
}
ROUTES = [table.route for table in TABLES]


@pytest.fixture
def ranges(tenant: Tenant) -> dict[str, int]:
    v4 = IPv4Range.objects.create(tenant=tenant, start="10.0.0.1", end="10.0.0.9", subnet=24)
    v6 = IPv6Range.objects.create(tenant=tenant, network="2001:db8::", prefix=120, target=128)
    return {"ipv4": v4.pk, "ipv6": v6.pk}


@pytest.fixture
def admin(api: Any, tenant_admin: User) -> APIClient:
    client: APIClient = api(tenant_admin)
    return client


@pytest.mark.parametrize("route", ROUTES)
def test_a_row_is_made_read_changed_and_deleted(
    route: str, admin: APIClient, customer: User, ranges: dict[str, int]
) -> None:
    body = body_of(route, customer, ranges)
    made = admin.post(f"{BASE}/{route}/", body, format="json")
    assert made.status_code == 201, made.json()
    row = made.json()
    table = next(table for table in TABLES if table.route == route)
    assert {column.name for column in table.columns} <= {*row, "content"}
    url = f"{BASE}/{route}/{row['id']}/"
    assert admin.get(url).json() == row
    assert row["id"] in [entry["id"] for entry in admin.get(f"{BASE}/{route}/").json()["results"]]
    if route in CHANGE:
        changed = admin.patch(url, CHANGE[route], format="json")
        assert changed.status_code == 200, changed.json()
        assert CHANGE[route].items() <= changed.json().items()
    assert AuditEntry.objects.filter(target_id=str(row["id"])).exists()
    assert admin.delete(url).status_code == 204
    assert admin.get(url).status_code == 404


@pytest.mark.parametrize("route", ROUTES)
def test_another_tenant_sees_and_changes_nothing(
    route: str, admin: APIClient, api: Any, outsider_admin: User, customer: User, ranges: dict[str, int]
) -> None:
    pk = admin.post(f"{BASE}/{route}/", body_of(route, customer, ranges), format="json").json()["id"]
    outsider = api(outsider_admin)
    url = f"{BASE}/{route}/{pk}/"
    foreign, unknown = outsider.get(url), outsider.get(f"{BASE}/{route}/987654/")
    assert foreign.status_code == unknown.status_code == 404
    assert foreign.content == unknown.content
    assert outsider.delete(url).status_code == 404
    if route in CHANGE:
        assert outsider.patch(url, CHANGE[route], format="json").status_code == 404
    assert outsider.get(f"{BASE}/{route}/").json()["results"] == []


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("who", ["viewer", "flow_editor"])
def test_who_may_only_look_cannot_write(
    request: pytest.FixtureRequest, api: Any, route: str, who: str, customer: User, ranges: dict[str, int]
) -> None:
    client = api(request.getfixturevalue(who))
    assert client.get(f"{BASE}/{route}/").status_code == 200
    made = client.post(f"{BASE}/{route}/", body_of(route, customer, ranges), format="json")
    assert made.status_code == 403
    assert client.delete(f"{BASE}/{route}/1/").status_code == 403


@pytest.mark.parametrize("route", ROUTES)
def test_an_unknown_key_is_an_error(
    route: str, admin: APIClient, customer: User, ranges: dict[str, int]
) -> None:
    body = {**body_of(route, customer, ranges), "is_demo": True}
    answer = admin.post(f"{BASE}/{route}/", body, format="json")
    assert (answer.status_code, answer.json()["field"]) == (400, "is_demo")


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("value", ["", "x", "10e99", str(10**40), "NaN", "\0", "%", "::1", "1.2.3.4"])
def test_no_filter_breaks(route: str, admin: APIClient, value: str) -> None:
    table = next(table for table in TABLES if table.route == route)
    for name in ("q", *(column.name for column in table.plain_columns)):
        answer = admin.get(f"{BASE}/{route}/", {name: value})
        assert answer.status_code in (200, 400), (name, answer.content)


def test_lists_can_be_searched_and_narrowed(admin: APIClient, server: Server, customer: User) -> None:
    Server.objects.create(tenant=server.tenant, user=customer, vmid=101, hostname="db.example.org")
    found = [
        [row["hostname"] for row in admin.get(f"{BASE}/servers/", query).json()["results"]]
        for query in ({"q": "WEB"}, {"vmid": 101}, {"packageId": ""}, {"ram": "8192"}, {"status": "online"})
    ]
    assert found == [
        ["web-1.example.org"],
        ["db.example.org"],
        ["db.example.org", "web-1.example.org"],
        ["web-1.example.org"],
        [],
    ]


def test_an_entry_alone_makes_a_table_of_the_api() -> None:
    changeable = Table("sizes", "Sizes", "sizes", "inventory.Package", (), about="Sizes.")
    view = viewset_for(changeable)
    assert (view.table, view.__doc__) == (changeable, "Sizes.")
    assert hasattr(view, "partial_update")
    assert not hasattr(viewset_for(replace(changeable, is_changeable=False)), "partial_update")


def test_what_a_row_names_is_held_to_its_tenant_without_being_listed() -> None:
    assert writer_of(Package).references == ("template",)
    assert writer_of(Server).references == ("user", "package")
