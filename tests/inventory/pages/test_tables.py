"""The pages of the platform's tables."""

import pytest
from django.test import Client

from accounts.actors import Actor
from accounts.models import User
from inventory.columns import Table
from inventory.models import Package, Server, Tag
from inventory.services.demo import load
from inventory.services.tags import assign
from inventory.tables import TABLES
from tests.inventory.api.test_tables import plain_body


@pytest.fixture
def people(client: Client, viewer: User) -> Client:
    client.force_login(viewer)
    return client


def test_the_inventory_opens_with_servers(people: Client) -> None:
    assert people.get("/inventory/")["Location"] == "/inventory/servers/"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.route)
def test_every_table_lists_and_shows_its_rows(
    client: Client, platform_admin: User, settings: object, table: Table
) -> None:
    settings.IS_LOCAL_DEMO = True  # type: ignore[attr-defined]
    load()
    client.force_login(platform_admin)
    route, model = table.route, table.model_class
    if not model.objects.exists():
        client.post(f"/api/v1/inventory/{route}/", plain_body(table), content_type="application/json")
    listed = client.get(f"/inventory/{route}/")
    row = model.objects.order_by("-pk").first()
    url = f"/inventory/{route}/{row.pk}/"
    assert url in listed.content.decode()
    shown = client.get(url).content.decode()
    assert str(row.pk) in shown
    assert "/admin/" not in shown


def test_a_list_can_be_searched(people: Client, server: Server, customer: User) -> None:
    Server.objects.create(tenant=server.tenant, user=customer, vmid=101, hostname="db.example.org")
    text = people.get("/inventory/servers/?q=web").content.decode()
    assert "web-1.example.org" in text
    assert "db.example.org" not in text
    assert "Nothing matches" in people.get("/inventory/servers/?q=zzz").content.decode()


def test_a_row_shows_what_belongs_to_it(people: Client, server: Server, system: Actor) -> None:
    tag = Tag.objects.create(tenant=server.tenant, name="vip")
    assign(tag, actor=system, resource_type="server", resource_id=server.pk)
    text = people.get(f"/inventory/servers/{server.pk}/").content.decode()
    assert all(word in text for word in ("net1", "net3", "vip", "grace@acme.example"))
    assert "/admin/" not in text


def test_what_is_shared_is_marked(people: Client) -> None:
    package = Package.objects.create(name="Small", price=5)
    assert "Platform" in people.get("/inventory/packages/").content.decode()
    assert "shared with all tenants" in people.get(f"/inventory/packages/{package.pk}/").content.decode()


def test_foreign_and_unknown_rows_look_the_same(people: Client, other_server: Server) -> None:
    urls = (f"/inventory/servers/{other_server.pk}/", "/inventory/servers/987654/", "/inventory/nothing/1/")
    assert [people.get(url).status_code for url in urls] == [404, 404, 404]
    assert "evil" not in people.get("/inventory/servers/").content.decode()


def test_a_name_is_text_and_no_markup(people: Client, server: Server) -> None:
    Server.objects.update(hostname="<script>alert(1)</script>")
    for url in ("/inventory/servers/", f"/inventory/servers/{server.pk}/"):
        assert "<script>alert" not in people.get(url).content.decode()


def test_a_stranger_is_sent_to_sign_in(client: Client, db: None) -> None:
    assert client.get("/inventory/servers/").status_code == 302
