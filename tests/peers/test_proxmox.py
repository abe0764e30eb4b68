"""Proxmox VE: a change of a server is one of its machine."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from accounts.models import Tenant, User
from common.egress import EgressPolicy
from common.egress.policy import use_provider
from flows.sdk import NodeError, Suspend, Wake
from flows.sdk.credentials import OpenCredential
from flows.sdk.testing import FakeContext, resume_node, run_node
from inventory.credentials.proxmox import Proxmox as ProxmoxCredential
from inventory.credentials.proxmox import ProxmoxFields
from inventory.models import ProxmoxNode, Server
from inventory.nodes.modify_server import ModifyServer
from inventory.services import machine_of
from tests.peers.peer import Peer
from tests.peers.reaching import reaching
from tests.peers.waiting import until

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def its_port_allowed(proxmox: Peer, only_public_addresses: None) -> None:
    use_provider(lambda: EgressPolicy.of(["127.0.0.0/8"]))


@pytest.fixture
def fields(proxmox: Peer) -> ProxmoxFields:
    return ProxmoxFields(
        url=f"https://{proxmox['PROXMOX_HOST']}:{proxmox['PROXMOX_PORT']}",
        token_id=f"{proxmox['PROXMOX_USER']}!{proxmox['PROXMOX_TOKEN_NAME']}",
        secret=proxmox["PROXMOX_TOKEN_VALUE"],
        ca=Path(proxmox["PROXMOX_CA"]).read_text(),
    )


@pytest.fixture
def ctx(monkeypatch: pytest.MonkeyPatch, fields: ProxmoxFields, tenant: Tenant) -> Iterator[FakeContext]:
    class Store:
        def open(self, owner_id: int | None, name: str, types: Any, *, staging: bool) -> OpenCredential:
            return OpenCredential(name, "proxmox", fields, ())

    monkeypatch.setattr(machine_of, "credential_store", Store)
    ProxmoxNode.objects.create(tenant=tenant, name="pve", credential="cluster")
    made = reaching()
    made.tenant_id = made.owner_id = tenant.pk
    yield made
    made.net.close()


def server(tenant: Tenant, customer: User, vmid: int) -> Server:
    return Server.objects.create(
        tenant=tenant, user=customer, vmid=vmid, node="pve", hostname="web-1.example.org"
    )


def run(ctx: FakeContext, changed: Server, **config: Any) -> None:
    """The node with its waits, each until the task may have ended."""
    ctx.idempotency_key = f"{changed.pk}-{sorted(config.items())}"[:80]
    drawn = {"server_id": changed.pk, **config}
    answer = run_node(ModifyServer, drawn, context=ctx)

    def once_more() -> bool:
        nonlocal answer
        if isinstance(answer, Suspend):
            wake = Wake(answer.detail, ctx.clock.now())
            answer = resume_node(ModifyServer, drawn, wake, context=ctx)
        return not isinstance(answer, Suspend)

    until(once_more)
    changed.refresh_from_db()


def test_the_credential_is_tested(fields):
    assert "9." in ProxmoxCredential().test(reaching(), fields)


def test_another_secret_is_not_let_in(fields):
    with pytest.raises(NodeError) as caught:
        ProxmoxCredential().test(reaching(), fields.model_copy(update={"secret": "x"}))
    assert caught.value.code == "sign_in_failed"


def test_without_the_right_authority_nothing_is_sent(proxmox, fields):
    before = len(proxmox.log("PROXMOX_LOG"))
    with pytest.raises(NodeError) as caught:
        ProxmoxCredential().test(reaching(), fields.model_copy(update={"ca": ""}))
    assert (caught.value.code, len(proxmox.log("PROXMOX_LOG"))) == ("tls_failed", before)


def test_note_and_name_reach_the_machine(ctx, proxmox, tenant, customer):
    changed = server(tenant, customer, 100)
    run(ctx, changed, note="Mind the gap")
    run(ctx, changed, general_action="set-hostname", hostname="b.example.org")
    sent = [entry["parameters"] for entry in proxmox.log("PROXMOX_LOG") if entry["method"] == "POST"]
    assert [sent[-2]["description"], sent[-1]["name"]] == ["Mind the gap", "b.example.org"]
    assert (changed.note, changed.hostname) == ("Mind the gap", "b.example.org")


def test_starting_and_stopping_is_read_back(ctx, tenant, customer):
    changed = server(tenant, customer, 100)
    run(ctx, changed, component="power", power_action="start")
    assert changed.status == "online"
    run(ctx, changed, component="power", power_action="reboot")
    assert changed.status == "online"
    run(ctx, changed, component="power", power_action="stop")
    assert changed.status == "offline"


def test_a_task_that_fails_fails_the_step(ctx, tenant, customer):
    changed = server(tenant, customer, 101)
    with pytest.raises(NodeError) as caught:
        run(ctx, changed, component="power", power_action="start")
    assert caught.value.code == "task_failed"
    changed.refresh_from_db()
    assert changed.status == "offline"


def test_a_machine_that_is_not_there_is_named(ctx, tenant, customer):
    with pytest.raises(NodeError) as caught:
        run(ctx, server(tenant, customer, 12345), note="x")
    assert caught.value.code == "unknown_machine"
