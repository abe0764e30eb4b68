"""Modify server, where the machine is in reach."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Tenant
from flows.sdk import Emit, NodeError, Suspend, Wake
from flows.sdk.credentials import OpenCredential
from flows.sdk.testing import FakeContext, FakeNet, resume_node, run_node
from inventory.credentials.proxmox import ProxmoxFields
from inventory.models import IPv4Address, ProxmoxNode, Server
from inventory.nodes.modify_server import ModifyServer
from inventory.services import machine_of
from tests.inventory.nodes.modifying import HA, network
from tests.inventory.services.proxmox_api import UPID, Api

FIELDS = ProxmoxFields(
    url="https://pve.example.org:8006", token_id="hookflow@pve!flows", secret="token-secret"
)
POWER = {"component": "power"}


class Store:
    """A credential store with one credential; notes who asked."""

    asked: list[tuple[int | None, str]] = []

    def open(self, owner_id: int | None, name: str, types: Any, *, staging: bool) -> OpenCredential:
        self.asked.append((owner_id, name))
        assert types == ("proxmox",)
        return OpenCredential(name, "proxmox", FIELDS, ("pve.example.org:8006",))


@pytest.fixture
def api() -> Api:
    return Api()


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tenant: Tenant, server: Server) -> Server:
    """The server, on a node of its tenant."""
    monkeypatch.setattr(machine_of, "credential_store", Store)
    monkeypatch.setattr(Store, "asked", [])
    ProxmoxNode.objects.create(tenant=tenant, name="pve", credential="cluster")
    Server.objects.filter(pk=server.pk).update(node="pve", vmid=100)
    server.refresh_from_db()
    return server


@pytest.fixture
def ctx(api: Api, tenant: Tenant) -> FakeContext:
    return FakeContext(net=FakeNet(exchange=api), tenant_id=tenant.pk, owner_id=tenant.pk)


def run(ctx: FakeContext, server: Server, **config: Any) -> Any:
    """The node's answer, with its waits waited through."""
    drawn = {"server_id": server.pk, **config}
    answer = run_node(ModifyServer, drawn, {"id": 1}, context=ctx)
    since = ctx.clock.now()
    while isinstance(answer, Suspend):
        ctx.clock.moment = answer.until
        answer = resume_node(ModifyServer, drawn, Wake(answer.detail, since), {"id": 1}, context=ctx)
    server.refresh_from_db()
    return answer


def failure(call: Callable[..., Any], *arguments: Any, **config: Any) -> NodeError:
    with pytest.raises(NodeError) as caught:
        call(*arguments, **config)
    return caught.value


@pytest.mark.parametrize(
    ("config", "key", "value"),
    [
        ({"note": "Mind the gap"}, "description", "Mind the gap"),
        ({"general_action": "set-hostname", "hostname": "b.example.org"}, "name", "b.example.org"),
        (
            network("change-vlan-tag", vlan_tag=42),
            "net0",
            "virtio=AA:BB:CC:DD:EE:FF,bridge=vmbr0,tag=42",
        ),
        (network("remove-vlan-tag"), "net0", "virtio=AA:BB:CC:DD:EE:FF,bridge=vmbr0"),
        (
            network("change-rate-limit", rate_limit="12.5"),
            "net0",
            "virtio=AA:BB:CC:DD:EE:FF,bridge=vmbr0,tag=5,rate=12.5",
        ),
    ],
)
def test_a_change_is_merged_into_the_config_of_the_machine(ctx, machine, api, config, key, value):
    assert run(ctx, machine, **config) == Emit("out", {"id": 1})
    assert api.sent == {key: value}


def test_only_the_lowest_interface_is_changed(ctx, machine, api):
    api.config = {"net10": "virtio=A,bridge=b", "net2": "virtio=B,bridge=b,firewall=1", "netmask": "x"}
    run(ctx, machine, **network("change-vlan-tag", vlan_tag=7))
    assert api.sent == {"net2": "virtio=B,bridge=b,firewall=1,tag=7"}


def test_a_container_is_changed_at_once_under_its_own_names(ctx, machine, api):
    api.kind, api.config = "lxc", {"net0": "name=eth0,bridge=vmbr0,ip=dhcp"}
    answer = run_node(
        ModifyServer,
        {"server_id": machine.pk, "general_action": "set-hostname", "hostname": "b.example.org"},
        {},
        context=ctx,
    )
    assert isinstance(answer, Emit)
    assert api.sent == {"hostname": "b.example.org"}


def test_an_address_becomes_the_machines(ctx, machine, api, address: IPv4Address):
    api.config["ipconfig0"] = "ip=dhcp,ip6=auto"
    run(ctx, machine, **network("assign-ipv4", ipv4_id=address.pk))
    expected = f"ip={address.ip}/{address.range.subnet},ip6=auto"
    if address.range.gateway:
        expected += f",gw={address.range.gateway}"
    assert api.sent == {"ipconfig0": expected}
    assert machine.ip_id == address.pk


def test_while_the_task_runs_the_run_waits_without_a_worker(ctx, machine, api):
    answer = run_node(ModifyServer, {"server_id": machine.pk, "note": "new"}, {}, context=ctx)
    assert isinstance(answer, Suspend)
    assert (answer.on_time, answer.detail) == (None, {"upid": UPID, "node": "pve"})
    machine.refresh_from_db()
    assert machine.note == ""


def test_a_failed_task_fails_the_step_and_changes_nothing_here(ctx, machine, api):
    api.ends = ["command 'kvm' failed: got timeout\x1b[0m"]
    error = failure(run, ctx, machine, note="new")
    assert (error.code, error.field) == ("task_failed", "server_id")
    assert "got timeout" in error.message
    machine.refresh_from_db()
    assert machine.note == ""


def test_a_task_that_never_ends_is_given_up(ctx, machine, api):
    api.ends = [None] * 5000
    assert failure(run, ctx, machine, note="new").code == "task_too_slow"


@pytest.mark.parametrize(
    ("before", "action", "events", "after"),
    [
        ("offline", "start", ["server.start"], "online"),
        ("online", "stop", ["server.stop"], "offline"),
        ("online", "shutdown", ["server.stop"], "offline"),
        ("online", "reboot", ["server.restart"], "online"),
    ],
)
def test_the_power_state_is_read_back_and_fires_its_event(
    ctx, machine, api, emitted, before, action, events, after
):
    Server.objects.filter(pk=machine.pk).update(status=before)
    api.power = "running" if before == "online" else "stopped"
    run(ctx, machine, **POWER, power_action=action)
    assert [event[0] for event in emitted] == events
    assert machine.status == after


def test_a_start_that_failed_fires_nothing(ctx, machine, api, emitted):
    Server.objects.filter(pk=machine.pk).update(status="offline")
    api.ends, api.power = ["start failed"], "stopped"

    def stays_off(method, path, values):
        return UPID if path.endswith("/start") else Api.answer(api, method, path, values)

    api.answer = stays_off
    assert failure(run, ctx, machine, **POWER, power_action="start").code == "task_failed"
    machine.refresh_from_db()
    assert ([event[0] for event in emitted], machine.status) == ([], "offline")


def test_a_repeated_step_asks_proxmox_for_nothing_twice(ctx, machine, api):
    run(ctx, machine, note="new")
    changes = len([call for call in api.calls if call[0] != "GET"])
    assert run(ctx, machine, note="new") == Emit("out", {"id": 1})
    assert len([call for call in api.calls if call[0] != "GET"]) == changes


def test_what_our_tables_refuse_never_reaches_proxmox(ctx, machine, api):
    assert failure(run, ctx, machine, **network("change-vlan-tag", vlan_tag=9999)).code == "invalid"
    assert all(method == "GET" for method, _, _ in api.calls)


def test_no_transaction_is_open_while_proxmox_is_asked(ctx, machine, api, django_db_blocker):
    from django.db import connection

    depths = set()
    answer = api.answer

    def watched(*call):
        depths.add(len(connection.savepoint_ids))
        return answer(*call)

    api.answer = watched
    run(ctx, machine, note="new")
    assert depths == {0}


@pytest.mark.parametrize(
    ("managed", "config", "call"),
    [
        ([], {"ha_status": "started", "max_restart": 2}, ("POST", "cluster/ha/resources")),
        ([{"sid": "vm:100"}], {"ha_status": "stopped"}, ("PUT", "cluster/ha/resources/vm:100")),
        ([{"sid": "vm:100"}], {"ha_status": "none"}, ("DELETE", "cluster/ha/resources/vm:100")),
    ],
)
def test_high_availability_is_set_where_the_cluster_has_it(ctx, machine, api, managed, config, call):
    api.managed = managed
    run(ctx, machine, **HA, **config)
    assert [entry[:2] for entry in api.calls if entry[0] != "GET"] == [call]


def test_a_server_that_is_not_managed_is_left_alone(ctx, machine, api):
    run(ctx, machine, **HA, ha_status="none")
    assert all(method == "GET" for method, _, _ in api.calls)


@pytest.mark.parametrize(
    ("status", "body", "code", "is_retryable"),
    [
        (401, {"message": "token-secret"}, "sign_in_failed", False),
        (400, {"errors": {"description": "too long <b>"}}, "proxmox_refused", False),
        (500, {"message": "detected modified configuration"}, "proxmox_refused", False),
        (595, {}, "proxmox_refused", True),
        (200, [], "bad_answer", False),
        (200, {"data": "UPID:../../x"}, "bad_answer", False),
        (200, {"data": {"a": 1}}, "bad_answer", False),
    ],
)
def test_what_proxmox_refuses_or_makes_up_fails_the_step(ctx, machine, api, status, body, code, is_retryable):
    api.refused = {"POST nodes/pve/qemu/100/config": (status, body)}
    error = failure(run, ctx, machine, note="new")
    assert (error.code, error.retryable) == (code, is_retryable)
    assert "token-secret" not in f"{error.message} {error.hint}"


def test_a_machine_that_proxmox_does_not_know_is_named(ctx, machine, api):
    Server.objects.filter(pk=machine.pk).update(vmid=999)
    assert failure(run, ctx, machine, note="new").code == "unknown_machine"


@pytest.mark.parametrize("entry", [None, "x", {"vmid": 100, "node": "../../access", "type": "qemu"}])
def test_a_node_that_proxmox_makes_up_is_not_used(ctx, machine, api, entry):
    api.refused = {"GET cluster/resources": (200, {"data": [entry]})}
    assert failure(run, ctx, machine, note="new").code == "unknown_machine"


def test_a_server_elsewhere_is_changed_in_our_tables_alone(ctx, machine, api):
    Server.objects.filter(pk=machine.pk).update(node="other")
    run(ctx, machine, note="new")
    assert (machine.note, api.calls) == ("new", [])


def test_power_needs_a_machine(ctx, machine, api):
    Server.objects.filter(pk=machine.pk).update(node="other")
    assert failure(run, ctx, machine, **POWER).code == "no_machine"


def test_a_node_of_the_platform_is_out_of_a_tenants_reach(ctx, machine, api):
    ProxmoxNode.objects.update(tenant=None)
    run(ctx, machine, note="new")
    assert (api.calls, Store.asked) == ([], [])


def test_the_credential_is_that_of_the_flows_owner(ctx, machine, api, tenant):
    run(ctx, machine, note="new")
    assert set(Store.asked) == {(tenant.pk, "cluster")}


def test_a_machine_that_two_servers_claim_is_left_alone(ctx, machine, api, other_server):
    Server.objects.filter(pk=other_server.pk).update(node="pve", vmid=100)
    assert failure(run, ctx, machine, note="new").code == "machine_not_unique"
    assert api.calls == []


def test_pauses_grow_while_a_task_runs(ctx, machine, api):
    api.ends = [None]
    drawn = {"server_id": machine.pk, "note": "new"}
    start = ctx.clock.now()
    first = run_node(ModifyServer, drawn, {}, context=ctx)
    ctx.clock.advance(40)
    later = resume_node(ModifyServer, drawn, Wake(first.detail, start), {}, context=ctx)
    assert (first.until - start, later.until - ctx.clock.now()) == (
        timedelta(seconds=1),
        timedelta(seconds=20),
    )
