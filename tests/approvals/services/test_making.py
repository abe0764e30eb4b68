"""Machines of ordered servers, from the jobs' side: what is made, for whom, and what a crash leaves."""

from typing import Any

import pytest

from accounts.actors import Actor
from approvals.models import Task
from approvals.nodes.task_end import TaskEnd
from approvals.nodes.task_job import TaskJobNode
from approvals.services import cut_off
from approvals.services.making import owner_of, template_of
from approvals.services.ordering import order_server
from flows.models import Run
from flows.sdk import NodeError, Suspend, Wake
from flows.sdk.testing import FakeContext, FakeNet, resume_node, run_node
from inventory.models import Package, ProxmoxNode, Server, Template
from inventory.services import machine_of
from tests.inventory.nodes.test_modify_server_proxmox import Store
from tests.inventory.services.proxmox_cluster import Cluster

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
CLONE = ("POST", "qemu/9000/clone")


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Cluster:
    monkeypatch.setattr(machine_of, "credential_store", Store)
    ProxmoxNode.objects.create(name="pve", credential="cluster")
    return Cluster()


@pytest.fixture
def debian() -> Template:
    return Template.objects.create(vmid=9000, display_name="Debian 13", default_user="debian")


def ordered(asking: Actor, **values: Any) -> Task:
    given = {"hostname": "web.example.org", "cpu": 2, "ram": 2048, "disk": 30, "os": "debian 13", **values}
    return order_server(actor=asking, values=given)


def at(cluster: Cluster, task: Task, node: Any, config: Any, record: Any = None) -> Any:
    """What the node comes to, with its waits waited through."""
    ctx = FakeContext(
        net=FakeNet(exchange=cluster),
        tenant_id=task.tenant_id,
        owner_id=None,
        run_id=str(task.execution_id),
        idempotency_key=f"{task.execution_id}:{config}",
    )
    given = {"task": str(task.id), **(record or {})}
    answer, since = run_node(node, config, given, context=ctx), ctx.clock.now()
    while isinstance(answer, Suspend):
        ctx.clock.moment = answer.until
        answer = resume_node(node, config, Wake(answer.detail, since), given, context=ctx)
    return answer


def configured(cluster: Cluster, task: Task) -> Server:
    at(cluster, task, TaskJobNode, {"position": 1})
    at(cluster, task, TaskJobNode, {"position": 2})
    task.refresh_from_db()
    return Server.objects.get(pk=task.server_id)


def failed(cluster: Cluster, task: Task) -> Task:
    error = {"error": {"code": "task_failed", "message": "No.", "hint": ""}}
    at(cluster, task, TaskEnd, {"is_failed": True}, error)
    return Task.objects.get(pk=task.pk)


def cut_off_now(task: Task) -> Task:
    """The task, with the run that takes it back."""
    Run.objects.filter(id=task.execution_id).update(status="cancelled")
    cut_off.settle()
    return Task.objects.get(pk=task.pk)


def test_the_machine_is_made_under_a_free_number_and_sized(asking, cluster, debian):
    cluster.guests[100] = {"name": "somebody's"}
    server = configured(cluster, ordered(asking))
    assert (server.node, server.vmid) == ("pve", 101)
    made = cluster.guests[101]
    assert (made["cores"], made["memory"], made["ciuser"]) == ("2", "2048", "debian")
    assert cluster.calls[-1][1:] == ("qemu/101/resize", {"disk": "scsi0", "size": "30G"})


def test_a_crash_between_the_call_and_its_answer_makes_no_second_machine(
    asking, cluster, debian, monkeypatch
):
    from inventory.services import new_machines

    def dies(*_: object, **__: object) -> None:
        raise RuntimeError

    task = ordered(asking)
    with monkeypatch.context() as patch:
        patch.setattr(new_machines, "waiting", dies)
        with pytest.raises(RuntimeError):
            configured(cluster, task)
    configured(cluster, Task.objects.get(pk=task.pk))
    assert cluster.changes.count(CLONE) == 1
    assert len(cluster.guests) == 2


def test_a_number_that_others_took_meanwhile_is_left_to_them(asking, cluster, debian):
    task = ordered(asking)
    at(cluster, task, TaskJobNode, {"position": 1})
    foreign = {"description": "The mail server"}
    task.request["made"] = {"node": "pve", "vmid": 100, "before": ""}
    task.save()
    cluster.guests[100] = dict(foreign)
    assert configured(cluster, task).vmid == 101
    assert cluster.guests[100] == foreign


def test_a_machine_that_somebody_entered_is_taken_as_it_is(asking, cluster, debian):
    cluster.guests[500] = {"net0": "virtio=AA:BB:CC:DD:EE:FF", "description": "By hand"}
    task = ordered(asking)
    Server.objects.update(node="pve", vmid=500)
    configured(cluster, task)
    assert cluster.changes == [("PUT", "qemu/500/config")]
    failed(cluster, task)
    assert 500 in cluster.guests


def test_a_failed_deploy_removes_what_it_made(asking, cluster, debian):
    task = ordered(asking)
    configured(cluster, task)
    at(cluster, task, TaskJobNode, {"position": 3})
    Server.objects.update(deployment="ordered")
    cluster.unanswered = 2
    assert failed(cluster, task).request.get("made") is None
    assert list(cluster.guests) == [9000]
    assert Server.objects.get().node == ""


def test_a_cancelled_deploy_removes_what_it_made(asking, cluster, debian):
    task = ordered(asking)
    configured(cluster, task)
    cluster.guests[500] = {"description": "The mail server"}
    task = cut_off_now(task)
    assert task.state == "STARTED"
    at(cluster, task, TaskEnd, {"is_failed": True})
    task.refresh_from_db()
    assert (task.state, list(cluster.guests)) == ("ABORTED", [9000, 500])
    assert (Server.objects.get().node, task.jobs.get(type="CONFIGURE").rollback_state) == (
        "",
        "ROLLBACK_DONE",
    )


def test_a_machine_that_appears_after_the_deploy_was_cancelled_is_removed(asking, cluster, debian):
    class Slow(Cluster):
        looks = 0

        def answer(self, method: str, path: str, values: dict[str, str]) -> tuple[int, Any]:
            """The copy that was asked for last is there at the third look."""
            if path == "cluster/resources":
                self.looks += 1
                if self.looks == 3:
                    self.guests[100] = {"description": f"Made by hookflow for task {task.id}."}
            return super().answer(method, path, values)

    task = ordered(asking)
    at(cluster, task, TaskJobNode, {"position": 1})
    task.jobs.filter(position=2).update(state="STARTED")
    task.request["made"] = {"node": "pve", "vmid": 100, "before": ""}
    task.save()
    task, slow = cut_off_now(task), Slow()
    at(slow, task, TaskEnd, {"is_failed": True})
    assert slow.changes == [("DELETE", "qemu/100")]
    assert Task.objects.get(pk=task.pk).request.get("made") is None


def test_a_run_that_was_cut_off_makes_nothing_more(asking, cluster, debian):
    task = ordered(asking)
    at(cluster, task, TaskJobNode, {"position": 1})
    before = Task.objects.get(pk=task.pk)
    cut_off_now(task)
    with pytest.raises(NodeError) as caught:
        configured(cluster, before)
    assert (caught.value.code, cluster.changes) == ("not_a_task", [])


def test_what_cannot_be_removed_is_told(asking, cluster, debian):
    task = ordered(asking)
    configured(cluster, task)
    cluster.unanswered = 10_000
    task = failed(cluster, task)
    job = task.jobs.get(type="CONFIGURE")
    assert (task.state, job.rollback_state) == ("FINISHED_UNSUCCESSFULLY", "FAILED")
    assert "The machine 100 on pve could not be removed." in job.description


def test_a_missing_template_fails_the_job(asking, cluster, debian):
    cluster.guests.clear()
    with pytest.raises(NodeError) as caught:
        configured(cluster, ordered(asking))
    assert caught.value.code == "unknown_template"


def test_a_tenants_template_names_no_machine_of_the_platform(asking, cluster, tenant):
    Template.objects.create(tenant=tenant, vmid=9000, display_name="Debian 13")
    task = ordered(asking)
    assert task.server is not None
    assert (owner_of(task.server), template_of(task.server, None)) == (None, None)
    configured(cluster, task)
    assert cluster.changes == []


def test_a_tenants_package_says_nothing_to_the_platforms_proxmox(asking, cluster, tenant, debian):
    meta = [{"key": "pool", "value": "others"}, {"key": "ciuser", "value": "root"}]
    package = Package.objects.create(name="S", price=1, tenant=tenant, template=debian, meta=meta)
    server = configured(cluster, ordered(asking, package=package))
    assert "pool" not in cluster.calls[0][2]
    assert cluster.guests[server.vmid]["ciuser"] == "debian"


def test_a_server_that_was_deployed_before_is_never_made_anew(asking, server, debian):
    Server.objects.update(os="Debian 13", deployment="undeployed")
    server.refresh_from_db()
    assert template_of(server, None) is None
