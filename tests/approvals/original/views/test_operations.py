"""Asking for operations by the original's paths."""

import json

import pytest

from accounts.actors import Actor
from accounts.models import Tenant, User
from accounts.roles import Role
from approvals.models import Task
from approvals.original.views.operations import changed_values
from approvals.services.settings import set_tenant_workflow, set_workflow
from common.problems import Problem
from inventory.models import Server
from tests.approvals.original.people import TASK, of
from tests.conftest import make_user

MACHINE = TASK.removesuffix("/tasks")
GROUP = MACHINE.removesuffix("/virtualmachines/1369")
KIND = "application/vnd.abiquo.virtualmachinetask+json; version=3.10"
SITE = "http://127.0.0.1:8000"

pytestmark = [pytest.mark.usefixtures("encryption_key"), pytest.mark.both_databases]


@pytest.fixture
def held(platform_admin: User, enterprise: Tenant) -> None:
    """Operations of the tenant wait for review."""
    root = Actor.of_user(platform_admin)
    set_workflow(root, is_enabled=True)
    set_tenant_workflow(root, enterprise, True)


@pytest.mark.usefixtures("held")
def test_a_deploy_is_accepted_with_a_link_to_its_task(requester: User, machine: Server):
    body = '{"forceVdcLimits": false, "forceEnterpriseSoftLimits": false, "forceUndeploy": null, "links": []}'
    answer = of(requester).post(f"{MACHINE}/action/deploy", body, KIND)
    assert answer.status_code == 202, answer.content
    assert answer["Content-Type"] == "application/vnd.abiquo.acceptedrequest+json; version=6.1"
    link = answer.json()["links"][0]
    assert link["rel"] == "status"
    task = of(requester).get(link["href"].removeprefix(SITE)).json()
    assert (task["type"], task["state"]) == ("DEPLOY", "QUEUEING")
    assert [job["type"] for job in task["jobs"]["collection"]] == ["SCHEDULE", "CONFIGURE", "POWER_ON"]


@pytest.mark.usefixtures("held")
@pytest.mark.parametrize(
    ("body", "kind"), [("", ""), ("{}", ""), ("<virtualmachinetask/>", "application/xml")]
)
def test_a_deploy_needs_no_body(requester: User, machine: Server, body: str, kind: str):
    assert of(requester).post(f"{MACHINE}/action/deploy", body, kind).status_code == 202


@pytest.mark.usefixtures("held")
def test_a_group_gives_a_task_and_a_link_for_each_machine(
    manager: User, requester: User, machine: Server, enterprise: Tenant
):
    Server.objects.create(vmid=101, tenant=enterprise, user=requester, hostname="web2.example.org")
    answer = of(requester).post(f"{GROUP}/action/deploy")
    assert answer.status_code == 202, answer.content
    assert [link["rel"] for link in answer.json()["links"]] == ["status", "status"]
    assert len(set(Task.objects.values_list("batch", flat=True))) == 1


@pytest.mark.usefixtures("held")
def test_a_second_operation_is_refused_while_one_waits(requester: User, machine: Server):
    caller = of(requester)
    assert caller.post(f"{MACHINE}/action/deploy").status_code == 202
    answer = caller.post(f"{MACHINE}/action/deploy")
    assert answer.status_code == 409
    assert answer.json()["collection"][0]["code"] == "server_is_held"


@pytest.mark.usefixtures("held")
def test_a_machine_is_read_changed_and_put_back(requester: User, machine: Server):
    caller = of(requester)
    dto = caller.get(MACHINE).json()
    kind = "application/vnd.abiquo.virtualmachine+json"
    assert caller.put(MACHINE, json.dumps(dto), kind).status_code == 204
    answer = caller.put(
        MACHINE,
        json.dumps({**dto, "ram": 2048}),
        kind,
        Accept="application/vnd.abiquo.acceptedrequest+json; version=2.6",
    )
    assert answer.status_code == 202, answer.content
    task = Task.objects.get()
    assert (task.type, task.request["values"]) == ("RECONFIGURE", {"ram": 2048})


def test_only_what_differs_is_asked_for(machine: Server):
    assert changed_values(machine, {"cpu": "2", "ram": 1024, "hdInBytes": 20 * 1024**3}) == {"cpu": 2}
    assert changed_values(machine, {"hdInBytes": 20 * 1024**3 + 1}) == {"disk": 21}
    assert changed_values(machine, {}) == {}


@pytest.mark.parametrize(
    "given", [{"cpu": 0}, {"ram": "many"}, {"cpu": True}, {"ram": 2**63}, {"label": "other"}]
)
def test_odd_values_are_refused(machine: Server, given: dict):
    with pytest.raises(Problem) as caught:
        changed_values(machine, given)
    assert caught.value.status == 400


def test_foreign_machines_are_unknown(outsider_admin: User, enterprise: Tenant, machine: Server):
    neighbour = make_user("n@example.org", Role.customer, enterprise)
    for caller in (outsider_admin, neighbour):
        answers = [
            of(caller).post(f"{MACHINE}/action/undeploy"),
            of(caller).put(MACHINE, '{"ram": 1}'),
            of(caller).post(f"{MACHINE.replace('1369', '999999')}/action/undeploy"),
        ]
        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.content for answer in answers}) == 1
    assert not Task.objects.exists()


def test_who_may_not_ask_is_refused(connector: User, machine: Server):
    assert of(connector).post(f"{MACHINE}/action/deploy").status_code == 403
