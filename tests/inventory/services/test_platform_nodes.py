"""Who may say that a server is a machine of the platform's nodes."""

from typing import Any

import pytest

from accounts.actors import Actor
from accounts.models import Tenant, User
from common.problems import Problem
from inventory.models import ProxmoxNode, Server
from inventory.services.effects import once, rehearsed, result_of
from inventory.services.servers import create_server, update_server


@pytest.fixture
def node(db: None) -> ProxmoxNode:
    return ProxmoxNode.objects.create(name="pve", credential="cluster")


def refusal(call: Any, *arguments: Any, **values: Any) -> tuple[str, str | None]:
    with pytest.raises(Problem) as caught:
        call(*arguments, **values)
    return caught.value.code, caught.value.field


def test_a_tenant_claims_no_machine_there(node, server: Server, system: Actor):
    assert refusal(update_server, server, actor=system, node="pve") == ("platform_node", "node")


def test_a_tenant_moves_no_server_to_another_machine_there(node, server: Server, system: Actor):
    Server.objects.filter(pk=server.pk).update(node="pve", vmid=100)
    assert refusal(update_server, server, actor=system, vmid=101) == ("platform_node", "node")


def test_a_tenant_makes_no_server_there(node, customer: User, system: Actor):
    values = {"user": customer, "vmid": 100, "hostname": "a.example.org", "node": "pve"}
    assert refusal(create_server, actor=system, **values) == ("platform_node", "node")


def test_all_else_of_such_a_server_is_the_tenants(node, server: Server, system: Actor):
    Server.objects.filter(pk=server.pk).update(node="pve")
    assert update_server(server, actor=system, note="ours").note == "ours"


def test_the_platform_says_which_machine_it_is(node, server: Server):
    assert update_server(server, actor=Actor.system(), node="pve", vmid=100).vmid == 100


def test_a_node_of_a_tenant_binds_nobody(tenant: Tenant, server: Server, system: Actor):
    ProxmoxNode.objects.create(name="pve", credential="cluster", tenant=tenant)
    assert update_server(server, actor=system, node="pve").node == "pve"


def test_a_rehearsal_gives_the_result_and_keeps_nothing(server: Server, system: Actor):
    def effect() -> dict[str, Any]:
        return {"note": update_server(server, actor=system, note="new").note}

    assert rehearsed(effect) == {"note": "new"}
    server.refresh_from_db()
    assert server.note == ""


def test_what_was_done_under_a_key_can_be_asked_for(db: None):
    assert result_of("run:node") is None
    once("run:node", lambda: {"a": 1})
    assert result_of("run:node") == {"a": 1}
