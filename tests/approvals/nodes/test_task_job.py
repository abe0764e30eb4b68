"""Task job, where the machine is in reach: what Proxmox is told, and that twice does no more than once."""

from typing import Any

import pytest

from accounts.actors import Actor
from approvals.models import Task
from approvals.nodes.task_end import TaskEnd
from approvals.nodes.task_job import TaskJobNode
from approvals.services.requesting import request_operation
from flows.sdk import Emit, NodeError, Suspend, Wake
from flows.sdk.testing import FakeContext, FakeNet, resume_node, run_node
from inventory.models import ProxmoxNode, Server
from inventory.services import machine_of
from tests.inventory.nodes.test_modify_server_proxmox import Store
from tests.inventory.services.proxmox_api import Api

pytestmark = pytest.mark.django_db
DISK = {"scsi0": "local:vm-100-disk-0,size=20G", "boot": "order=scsi0;net0"}


@pytest.fixture
def api() -> Api:
    made = Api()
    made.config |= DISK
    return made


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, server: Server) -> Server:
    monkeypatch.setattr(machine_of, "credential_store", Store)
    ProxmoxNode.objects.create(name="pve", credential="cluster")
    Server.objects.filter(pk=server.pk).update(node="pve", vmid=100)
    server.refresh_from_db()
    return server


def asked(actor: Actor, server: Server, type: str, **more: Any) -> Task:
    (task,) = request_operation(actor=actor, servers=[server], type=type, **more)
    return task


def context(api: Api, task: Task, position: int) -> FakeContext:
    return FakeContext(
        net=FakeNet(exchange=api),
        tenant_id=task.tenant_id,
        owner_id=None,
        run_id=str(task.execution_id),
        idempotency_key=f"{task.execution_id}:job-{position}",
    )


def job(api: Api, task: Task, position: int) -> Any:
    """The job's answer, with its waits waited through."""
    ctx, record = context(api, task, position), {"task": str(task.id)}
    answer = run_node(TaskJobNode, {"position": position}, record, context=ctx)
    since = ctx.clock.now()
    while isinstance(answer, Suspend):
        ctx.clock.moment = answer.until
        wake = Wake(answer.detail, since)
        answer = resume_node(TaskJobNode, {"position": position}, wake, record, context=ctx)
    return answer


def changed(api: Api) -> list[tuple[str, str]]:
    return [(method, path.partition("/100/")[2]) for method, path, _ in api.calls if method != "GET"]


def test_a_deploy_sizes_the_machine_and_starts_it(asking, machine, api):
    task = asked(asking, machine, "DEPLOY")
    for position in (1, 2, 3):
        assert isinstance(job(api, task, position), Emit)
    assert changed(api) == [("PUT", "config"), ("POST", "status/start")]
    assert api.config["cores"] == "2"
    assert api.config["memory"] == "2048"
    machine.refresh_from_db()
    assert machine.status == "online"
    assert [one.state for one in task.jobs.all()] == ["DONE"] * 3


def test_a_machine_that_runs_is_not_started_again(asking, machine, api):
    task = asked(asking, machine, "DEPLOY")
    api.power = "running"
    job(api, task, 1)
    job(api, task, 3)
    assert changed(api) == []


def test_a_repeated_job_is_done_once(asking, machine, api):
    task = asked(asking, machine, "DEPLOY")
    job(api, task, 2)
    job(api, task, 2)
    assert changed(api) == [("PUT", "config")]


def test_a_reconfigure_changes_size_cable_and_disk(asking, machine, api):
    values = {"cpu": 8, "ram": 4096, "disk": 80, "vlan_tag": 12, "rate_limit": 12.5}
    task = asked(asking, machine, "RECONFIGURE", values=values)
    job(api, task, 2)
    assert changed(api) == [("PUT", "config"), ("PUT", "resize")]
    assert api.calls[-2][2] == {"disk": "scsi0", "size": "80G"} or api.sent == {
        "disk": "scsi0",
        "size": "80G",
    }
    assert api.config["net0"] == "virtio=AA:BB:CC:DD:EE:FF,bridge=vmbr0,tag=12,rate=12.5"
    assert (api.config["cores"], api.config["sockets"]) == ("8", "1")


def test_an_undeploy_shuts_down_and_stops_what_does_not_go(asking, machine, api):
    Server.objects.update(status="online")
    api.power = "running"
    task = asked(asking, machine, "UNDEPLOY")
    job(api, task, 1)
    assert api.sent == {"timeout": "120", "forceStop": "1"}
    machine.refresh_from_db()
    assert machine.status == "offline"


def test_a_failed_job_names_the_machine_and_the_end_takes_back(asking, machine, api):
    task = asked(asking, machine, "RECONFIGURE", values={"cpu": 8, "disk": 80})
    job(api, task, 1)
    api.ends = ["disk full"]
    with pytest.raises(NodeError) as caught:
        job(api, task, 2)
    assert caught.value.code == "task_failed"
    record = {"task": str(task.id), "error": {"code": "task_failed", "message": "No.", "hint": ""}}
    run_node(TaskEnd, {"is_failed": True}, record, context=context(api, task, 9))
    assert api.config["cores"] == "2"
    task.refresh_from_db()
    assert (task.state, task.error["code"]) == ("FINISHED_UNSUCCESSFULLY", "task_failed")
    jobs = [(one.state, one.rollback_state) for one in task.jobs.all()]
    assert jobs == [("DONE", "ROLLBACK_DONE"), ("FAILED", "ROLLBACK_DONE"), ("SKIPPED", "UNKNOWN")]


def test_a_run_that_somebody_else_drew_gets_no_task(asking, server, api):
    task = asked(asking, server, "DEPLOY")
    stranger = FakeContext(tenant_id=task.tenant_id, run_id="0199c0de-0000-7000-8000-000000000009")
    with pytest.raises(NodeError) as caught:
        run_node(TaskJobNode, {}, {"task": str(task.id)}, context=stranger)
    assert caught.value.code == "not_a_task"
