"""Django's admin writes through the services."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry, User
from inventory.models import Balance, Server
from inventory.tables import TABLES
from tests.inventory.conftest import Emitted


@pytest.fixture
def desk(client: Client, platform_admin: User) -> Client:
    client.force_login(platform_admin)
    return client


@pytest.mark.parametrize(
    "model", [*(table.model.partition(".")[2].lower() for table in TABLES), "appliedeffect"]
)
def test_lists_and_forms_open(desk: Client, server: Server, model: str) -> None:
    assert desk.get(f"/admin/inventory/{model}/").status_code == 200
    can_add = model not in ("ticket", "appliedeffect")
    assert desk.get(f"/admin/inventory/{model}/add/").status_code == (200 if can_add else 403)


def form_of(server: Server, **changed: Any) -> dict[str, Any]:
    general = ("tenant", "vmid", "hostname", "cpu", "ram", "disk", "os", "node", "status", "note")
    fields = (*general, "ha_status", "ha_group", "max_relocate", "max_restart")
    values = {name: getattr(server, name) for name in fields}
    values |= {"tenant": server.tenant_id, "user": server.user_id}
    for inline in ("interfaces", "charges"):
        values |= {f"{inline}-TOTAL_FORMS": 0, f"{inline}-INITIAL_FORMS": 0}
    return {**values, **changed}


def test_a_change_in_the_admin_fires_and_is_audited(desk: Client, server: Server, emitted: Emitted) -> None:
    answer = desk.post(
        f"/admin/inventory/server/{server.pk}/change/", form_of(server, status="starting", ram=16384)
    )
    assert answer.status_code == 302, answer.content
    server.refresh_from_db()
    assert (server.status, server.ram) == ("starting", 16384)
    assert [(name, payload["ram"]) for name, payload, _ in emitted] == [("server.start", 16384)]
    entry = AuditEntry.objects.get(target="server")
    assert entry.changes == {"status": ["offline", "starting"], "ram": [8192, 16384]}


def test_a_server_made_in_the_admin_fires_created(desk: Client, server: Server, emitted: Emitted) -> None:
    answer = desk.post("/admin/inventory/server/add/", form_of(server, vmid=555, hostname="b.example.org"))
    assert answer.status_code == 302, answer.content
    assert [name for name, _, _ in emitted] == ["server.created"]


def test_a_balance_set_in_the_admin_fires_nothing(desk: Client, customer: User, emitted: Emitted) -> None:
    empty = {"entries-TOTAL_FORMS": 0, "entries-INITIAL_FORMS": 0}
    body = {"user": customer.pk, "balance": "12.50", **empty}
    assert desk.post("/admin/inventory/balance/add/", body).status_code == 302
    assert Balance.objects.get().entries.get().amount == 12.5
    assert not emitted


def test_deleting_in_the_admin_marks_a_server(desk: Client, server: Server) -> None:
    answer = desk.post(f"/admin/inventory/server/{server.pk}/delete/", {"post": "yes"})
    assert answer.status_code == 302
    server.refresh_from_db()
    assert server.deleted_at is not None
