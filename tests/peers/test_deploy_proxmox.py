"""Ordered servers: their machine is made in Proxmox VE from a template, by a real runner."""

from pathlib import Path
from typing import Any

import pytest

from accounts.actors import Actor
from accounts.models import User
from actions.services.credentials import create
from approvals.models import Task
from approvals.services.ordering import order_server
from common.egress import EgressPolicy, PolicySource
from flows.models import Run
from flows.services.runs import cancel_run
from inventory.models import IPv4Range, Package, ProxmoxNode, Server, Template
from tests.peers.peer import Peer
from tests.support.flows import ADMIN, eventually, running

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def package(proxmox: Peer, encryption_key: None, monkeypatch: pytest.MonkeyPatch) -> Package:
    """With a template, on a Proxmox that the platform reaches."""
    monkeypatch.setattr("common.egress.policy._source", PolicySource(lambda: EgressPolicy.of(["127.0.0.1"])))
    values = {
        "url": f"https://{proxmox['PROXMOX_HOST']}:{proxmox['PROXMOX_PORT']}",
        "token_id": f"{proxmox['PROXMOX_USER']}!{proxmox['PROXMOX_TOKEN_NAME']}",
        "secret": proxmox["PROXMOX_TOKEN_VALUE"],
        "ca": Path(proxmox["PROXMOX_CA"]).read_text(),
    }
    create(actor=ADMIN, type="proxmox", name="cluster", values=values)
    ProxmoxNode.objects.create(name="pve", credential="cluster")
    IPv4Range.objects.create(start="192.0.2.1", end="192.0.2.9", subnet=24, gateway="192.0.2.254")
    debian = Template.objects.create(vmid=9000, display_name="Debian 13", default_user="debian")
    meta = [{"key": "storage", "value": "local-lvm"}, {"key": "nameserver", "value": "192.0.2.53"}]
    return Package.objects.create(
        name="Small", price=5, cpu=2, ram=4096, disk=40, type=2, template=debian, meta=meta
    )


def deployed(customer: User, package: Package, hostname: str) -> Task:
    asking = Actor.of_user(customer)
    values = {"hostname": hostname, "package": package}
    task = order_server(actor=asking, values=values, options={"ipv4": True})
    with running():
        eventually(lambda: Task.objects.get(id=task.id).state not in Task.OPEN, 60, what="it ends")
    return Task.objects.get(id=task.id)


def calls(proxmox: Peer, since: int) -> list[tuple[str, str, dict[str, Any]]]:
    """What was changed in Proxmox, and what it answered."""
    lines = proxmox.log("PROXMOX_LOG")[since:]
    changes = [line for line in lines if line["method"] != "GET"]
    assert {line["status"] for line in changes} <= {200}
    return [(one["method"], one["path"].rpartition("/nodes/pve/")[2], one["parameters"]) for one in changes]


def test_a_deploy_makes_sizes_and_starts_the_machine(proxmox, customer, package):
    before = len(proxmox.log("PROXMOX_LOG"))
    task = deployed(customer, package, "shop.example.org")
    assert (task.state, task.error) == ("FINISHED_SUCCESSFULLY", None)
    server = Server.objects.get()
    assert (server.deployment, server.status, server.node) == ("deployed", "online", "pve")
    clone, config, resize, start = calls(proxmox, before)
    path = f"qemu/{server.vmid}"
    assert clone[:2] == ("POST", "qemu/9000/clone")
    assert (clone[2]["newid"], clone[2]["storage"]) == (str(server.vmid), "local-lvm")
    assert config[:2] == ("PUT", f"{path}/config")
    assert config[2] == {
        "cores": "2",
        "sockets": "1",
        "memory": "4096",
        "ciuser": "debian",
        "nameserver": "192.0.2.53",
        "ipconfig0": f"ip={server.ip.ip}/24,gw=192.0.2.254",
    }
    assert resize == ("PUT", f"{path}/resize", {"disk": "scsi0", "size": "40G"})
    assert start[:2] == ("POST", f"{path}/status/start")


def test_a_deploy_that_fails_leaves_no_machine(proxmox, customer, package):
    before = len(proxmox.log("PROXMOX_LOG"))
    task = deployed(customer, package, "broken.example.org")
    assert (task.state, task.error["code"]) == ("FINISHED_UNSUCCESSFULLY", "task_failed")
    server = Server.objects.get()
    assert (server.deployment, server.node, server.ip) == ("ordered", "", None)
    assert calls(proxmox, before)[-1][:2] == ("DELETE", f"qemu/{server.vmid}")
    rollbacks = list(task.jobs.values_list("type", "rollback_state"))
    assert ("CONFIGURE", "ROLLBACK_DONE") in rollbacks


def test_a_deploy_that_is_cancelled_leaves_no_machine(proxmox, customer, package):
    before = len(proxmox.log("PROXMOX_LOG"))
    values = {"hostname": "cancelled.example.org", "package": package}
    task = order_server(actor=Actor.of_user(customer), values=values)
    with running():

        def is_copied() -> bool:
            return any(path.endswith("/clone") for _, path, _ in calls(proxmox, before))

        eventually(is_copied, 60, what="the copy is begun")
        cancel_run(actor=ADMIN, run=Run.objects.get(id=task.execution_id))
        eventually(lambda: Task.objects.get(id=task.id).state == "ABORTED", 60, what="it is taken back")
    server = Server.objects.get()
    assert (server.deployment, server.node) == ("ordered", "")
    assert calls(proxmox, before)[-1][:2] == ("DELETE", f"qemu/{server.vmid}")


def test_two_deploys_at_once_get_two_machines(proxmox, customer, package):
    asking = Actor.of_user(customer)
    for number in (1, 2):
        order_server(actor=asking, values={"hostname": f"web-{number}.example.org", "package": package})
    with running():
        eventually(lambda: not Task.objects.filter(state__in=Task.OPEN).exists(), 60, what="both end")
    assert set(Task.objects.values_list("state", flat=True)) == {"FINISHED_SUCCESSFULLY"}
    assert len(set(Server.objects.values_list("vmid", flat=True))) == 2
