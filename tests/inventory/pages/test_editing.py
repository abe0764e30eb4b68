"""Making, changing and deleting rows in the site's own look."""

from typing import Any

import pytest
from django.forms import BooleanField
from django.test import Client

from accounts.models import AuditEntry, Tenant, User
from inventory.columns import Table
from inventory.models import IPv4Address, IPv4Range, Package, Server
from inventory.tables import SERVER, TABLES
from tests.inventory.api.test_tables import CHANGE, body_of
from tests.inventory.conftest import Emitted

pytestmark = pytest.mark.django_db
LINES = {
    "interfaces-TOTAL_FORMS": "1",
    "interfaces-INITIAL_FORMS": "0",
    "charges-TOTAL_FORMS": "0",
    "charges-INITIAL_FORMS": "0",
}


def filled_in(client: Client, url: str, values: dict[str, Any]) -> dict[str, Any]:
    """What a browser would post: what the form shows, and these values."""
    page = client.get(url)
    assert page.status_code == 200, page.content
    form = page.context["form"]
    shown = {field.name: field.value() for field in form.visible_fields()}
    posted = {name: form.fields[name].prepare_value(value) for name, value in {**shown, **values}.items()}
    for lines in page.context["lines"].values():
        posted |= {field.html_name: field.value() for field in lines.management_form}
        posted |= {field.html_name: field.value() for line in lines.forms for field in line.visible_fields()}
    ticks = {name for name, field in form.fields.items() if isinstance(field, BooleanField)}
    return {
        name: value for name, value in posted.items() if value or (value is not None and name not in ticks)
    }


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.route)
def test_every_table_makes_changes_and_deletes_its_rows(
    admin: Client, customer: User, ranges: dict[str, int], table: Table
) -> None:
    body = body_of(table.route, customer, ranges)
    body.pop("meta", None)
    url = f"/inventory/{table.route}/"
    made = admin.post(f"{url}new/", filled_in(admin, f"{url}new/", body))
    assert made.status_code == 302, made.context["form"].errors
    row = table.model_class._default_manager.latest("pk")
    assert made["Location"] == f"{url}{row.pk}/"
    assert AuditEntry.objects.filter(verb="created", target_id=str(row.pk)).exists()
    shown = admin.get(made["Location"]).content.decode()
    assert f"{url}{row.pk}/delete/" in shown
    assert "/admin/" not in shown
    if not table.is_changeable:
        assert admin.get(f"{url}{row.pk}/edit/").status_code == 404
    else:
        change = CHANGE[table.route]
        saved = admin.post(f"{url}{row.pk}/edit/", filled_in(admin, f"{url}{row.pk}/edit/", change))
        assert saved.status_code == 302, saved.context["form"].errors
        row.refresh_from_db()
        for name, value in change.items():
            column = table.column(name)
            assert column is not None
            assert column.public(getattr(row, column.attribute)) == value
    assert admin.post(f"{url}{row.pk}/delete/")["Location"] == url
    assert f"{url}{row.pk}/" not in admin.get(url).content.decode()


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.route)
def test_viewers_see_no_buttons_and_are_refused(client: Client, viewer: User, table: Table) -> None:
    client.force_login(viewer)
    url = f"/inventory/{table.route}/"
    page = client.get(url).content.decode()
    assert f"{url}new/" not in page
    assert client.get(f"{url}new/").status_code == 403
    assert client.post(f"{url}1/delete/").status_code == 403


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.route)
def test_every_column_has_a_name_and_a_unit_for_people(admin: Client, table: Table) -> None:
    for column in table.columns:
        assert "_" not in column.label
        assert column.label[0].isupper()
        assert not any(
            one.islower() and two.isupper() for one, two in zip(column.label, column.label[1:], strict=False)
        ) or column.label in ("IPv4 address", "IPv6 address")
    page = admin.get(f"/inventory/{table.route}/new/").content.decode()
    assert all(f"({column.unit})" in page for column in table.columns if column.unit)


def server_body(user: User, **values: Any) -> dict[str, Any]:
    basics = {
        "hostname": "shop.example.org",
        "userid": user.pk,
        "vmid": 200,
        "cpu": 4,
        "ram": 8192,
        "disk": 80,
    }
    return {**basics, "status": "offline", "max_relocate": 1, "max_restart": 1, **LINES, **values}


def test_a_server_comes_with_its_interface_and_fires(admin: Client, customer: User, emitted: Emitted) -> None:
    body = server_body(
        customer,
        **{"interfaces-0-number": "0", "interfaces-0-vlan_tag": "42", "interfaces-0-rate_limit": "12.5"},
    )
    assert admin.post("/inventory/servers/new/", body).status_code == 302
    server = Server.objects.get()
    assert (server.tenant, server.ram) == (customer.tenant, 8192)
    interface = server.interfaces.get()
    assert (interface.number, interface.vlan_tag, float(interface.rate_limit or 0)) == (0, 42, 12.5)
    assert [(name, payload["hostname"]) for name, payload, _ in emitted] == [
        ("server.created", "shop.example.org")
    ]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"hostname": "under_score"}, "hostname"),
        ({"hostname": ""}, "hostname"),
        ({"vmid": "7"}, "vmid"),
        ({"cpu": "0"}, "cpu"),
        ({"ram": "much"}, "ram"),
        ({"userid": "987654"}, "userid"),
        ({"status": "flying"}, "status"),
        ({"max_restart": "11"}, "max_restart"),
    ],
)
def test_a_wrong_value_is_told_at_its_field_and_nothing_is_made(
    admin: Client, customer: User, values: dict[str, Any], field: str
) -> None:
    page = admin.post("/inventory/servers/new/", server_body(customer, **values))
    assert page.status_code == 200
    assert list(page.context["form"].errors) == [field]
    assert 'value="8192"' in page.content.decode() or field == "ram"
    assert not Server.objects.exists()


def test_what_a_service_refuses_stands_at_its_field(admin: Client, tenant: Tenant) -> None:
    IPv4Range.objects.create(start="10.9.0.1", end="10.9.0.9", subnet=24)
    body = {"start": "10.9.0.5", "end": "10.9.0.20", "subnet": 24, "scope": "global"}
    page = admin.post("/inventory/ipv4-ranges/new/", body)
    assert "overlaps" in page.context["form"].errors["start"][0]


def test_only_what_was_changed_is_written_and_lines_stay(
    admin: Client, server: Server, emitted: Emitted
) -> None:
    server.charges.create(amount=5, description="Backup")
    kept = list(server.interfaces.values_list("pk", flat=True))
    url = f"/inventory/servers/{server.pk}/edit/"
    assert admin.post(url, filled_in(admin, url, {"note": "Mind the gap"})).status_code == 302
    entry = AuditEntry.objects.filter(target="server").latest("pk")
    assert entry.changes == {"note": ["", "Mind the gap"]}
    assert list(server.interfaces.values_list("pk", flat=True)) == kept
    assert emitted == []


def test_lines_are_added_changed_and_taken_out(admin: Client, server: Server) -> None:
    url = f"/inventory/servers/{server.pk}/edit/"
    body = filled_in(admin, url, {})
    body |= {
        "interfaces-0-vlan_tag": 7,
        "interfaces-1-number": "",
        "interfaces-1-vlan_tag": "",
        "interfaces-2-number": 5,
    }
    body |= {"charges-0-amount": "1.50", "charges-0-description": "Backup"}
    saved = admin.post(url, body)
    assert saved.status_code == 302, [lines.errors for lines in saved.context["lines"].values()]
    assert list(server.interfaces.values_list("number", "vlan_tag")) == [(1, 7), (5, None)]
    assert server.charges.get().description == "Backup"
    body |= {"interfaces-2-number": 1}
    assert "same number" in admin.post(url, body).content.decode()


def test_the_platforms_rows_cannot_be_changed_by_a_tenant(admin: Client) -> None:
    package = Package.objects.create(name="Small", price=5)
    url = f"/inventory/packages/{package.pk}/"
    assert "/edit/" not in admin.get(url).content.decode()
    assert admin.get(f"{url}edit/").status_code == 403
    assert admin.post(f"{url}delete/").status_code == 403


def test_what_is_still_used_stays_and_says_so(admin: Client, address: IPv4Address) -> None:
    IPv4Address.objects.update(in_use=True)
    url = f"/inventory/ipv4-ranges/{address.range_id}/"
    assert "still used" in admin.post(f"{url}delete/", follow=True).content.decode()
    assert IPv4Range.objects.filter(pk=address.range_id).exists()


def test_choices_are_those_in_reach_under_their_names(
    admin: Client, customer: User, other_customer: User, server: Server, address: IPv4Address
) -> None:
    page = admin.get("/inventory/servers/new/").content.decode()
    assert "grace (grace@acme.example)" in page
    assert other_customer.email not in page
    assert '<option value="pve1">' in page
    assert address.ip in page


def test_a_long_list_of_choices_gives_way_to_an_id(
    admin: Client, customer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inventory.pages.forms.MOST_CHOICES", 1)
    page = admin.get("/inventory/servers/new/").content.decode()
    assert 'type="number" name="userid"' in page
    assert admin.post("/inventory/servers/new/", server_body(customer)).status_code == 302


def test_attributes_are_pairs_a_line(admin: Client) -> None:
    body = {"name": "S", "price": "5", "cpu": 1, "ram": 1024, "disk": 10, "type": 1}
    page = admin.post("/inventory/packages/new/", {**body, "meta": "no pair"})
    assert "is not a pair" in page.context["form"].errors["meta"][0]
    admin.post("/inventory/packages/new/", {**body, "meta": "support: 24/7\n\n cpu : AMD "})
    assert Package.objects.get().meta == [{"key": "support", "value": "24/7"}, {"key": "cpu", "value": "AMD"}]


def test_the_list_offers_to_create_a_server(admin: Client) -> None:
    assert "Create server" in admin.get(f"/inventory/{SERVER.route}/").content.decode()


@pytest.mark.parametrize(
    ("route", "field"),
    [
        ("packages", "name"),
        ("templates", "displayName"),
        ("tags", "name"),
        ("tickets", "title"),
        ("servers", "os"),
    ],
)
@pytest.mark.parametrize("hidden", ["\u202e", "\u200b", "\x1b", "\u2028"])
def test_a_name_that_looks_like_another_is_refused(
    admin: Client, customer: User, ranges: dict[str, int], route: str, field: str, hidden: str
) -> None:
    body = body_of(route, customer, ranges)
    body.pop("meta", None)
    url = f"/inventory/{route}/new/"
    page = admin.post(url, filled_in(admin, url, {**body, field: f"a{hidden}b"}))
    assert page.status_code == 200
    assert list(page.context["form"].errors) == [field]
