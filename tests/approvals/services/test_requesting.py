"""Asking for operations on servers: who may, what is kept meanwhile, and what is held."""

from typing import Any

import pytest

from accounts.actors import Actor
from accounts.models import AuditEntry, Tenant, User
from approvals.models import Answer, Task
from approvals.services.deciding import decide
from approvals.services.limits import set_limits
from approvals.services.requesting import KEPT, request_operation
from common.problems import Problem
from flows.models import Event
from inventory.models import IPv4Address, IPv4Range, Server
from inventory.services.servers import create_server
from tests.approvals.conftest import MakeTask

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def ask(actor: Actor, *servers: Server, type: str = "DEPLOY", **more: Any) -> list[Task]:
    return request_operation(actor=actor, servers=servers, type=type, **more)


def refused(actor: Actor, *servers: Server, **more: Any) -> Problem:
    with pytest.raises(Problem) as caught:
        ask(actor, *servers, **more)
    return caught.value


def told() -> list[str]:
    return list(Event.objects.exclude(type="manual.start").order_by("id").values_list("type", flat=True))


def test_a_held_operation_waits_with_its_jobs(asking, server, held_tenant):
    (task,) = ask(asking, server)
    assert (task.state, task.title, task.requester_name) == ("QUEUEING", "Deploy web-1.example.org", "grace")
    jobs = [(job.type, job.state, job.rollback_state) for job in task.jobs.all()]
    assert jobs == [(name, "PENDING", "UNKNOWN") for name in ("SCHEDULE", "CONFIGURE", "POWER_ON")]
    description = f"Deploy task's power on on virtual machine with id {server.pk}"
    assert task.jobs.get(position=3).description == description
    assert told()[-1] == "task.held"
    assert task.execution_id is None
    assert AuditEntry.objects.filter(verb="requested", target_id=str(task.id)).exists()


def test_without_workflow_it_begins_at_once(asking, server):
    (task,) = ask(asking, server)
    assert task.state == "PENDING"
    assert task.execution_id is not None


def test_both_switches_must_be_on(asking, server, held_tenant):
    held_tenant.workflow.delete()
    assert ask(asking, server)[0].state == "PENDING"


def test_a_server_has_one_open_task(asking, server, held_tenant):
    (task,) = ask(asking, server)
    problem = refused(asking, server, type="UNDEPLOY")
    assert (problem.status, problem.code) == (409, "server_is_held")
    assert problem.extra["task"] == str(task.id)


def test_foreign_and_unknown_servers_look_the_same(asking, server, other_tenant, outsider_admin):
    foreign = Server.objects.create(tenant=other_tenant, user=outsider_admin, vmid=1, hostname="x.example")
    assert refused(asking, foreign).status == 404
    assert refused(asking, Server(pk=987654321)).status == 404
    assert refused(asking, server, foreign).status == 404
    assert not Task.objects.exists()


def test_a_customer_asks_for_own_servers_only(asking, server, viewer):
    Server.objects.update(user=viewer)
    assert refused(asking, server).status == 404


@pytest.mark.parametrize("person", ["flow_editor", "viewer", "manager"])
def test_who_may_not_ask(person, server, request):
    problem = refused(Actor.of_user(request.getfixturevalue(person)), server)
    assert (problem.status, problem.code) == (403, "not_allowed")


def test_several_servers_are_one_batch_of_tasks(tenant_admin, server, customer, tenant, held_tenant):
    other = Server.objects.create(tenant=tenant, user=customer, vmid=101, hostname="web-2.example.org")
    tasks = ask(Actor.of_user(tenant_admin), other, server)
    assert len({task.batch for task in tasks}) == 1
    assert [task.server_id for task in tasks] == [server.pk, other.pk]


def test_all_or_none_of_several(tenant_admin, server, customer, tenant, held_tenant):
    other = Server.objects.create(
        tenant=tenant, user=customer, vmid=101, hostname="web-2.example.org", status="online"
    )
    assert refused(Actor.of_user(tenant_admin), server, other).code == "already_deployed"
    assert not Task.objects.exists()


def test_what_is_undeployed_cannot_be_undeployed(asking, server):
    Server.objects.update(deployment="undeployed")
    assert refused(asking, server, type="UNDEPLOY").code == "not_deployed"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"cpu": 0}, "bad_amount"),
        ({"cpu": True}, "bad_amount"),
        ({"ram": "lots"}, "bad_amount"),
        ({"rate_limit": "NaN"}, "bad_amount"),
        ({"hostname": "x"}, "unknown_value"),
        ({"cpu": 2}, "nothing_to_change"),
        ({}, "nothing_to_change"),
    ],
)
def test_a_bad_reconfigure_is_refused(asking, server, values, code):
    assert refused(asking, server, type="RECONFIGURE", values=values).code == code
    assert not Task.objects.exists()


def test_options_are_those_of_the_operation(asking, server):
    assert refused(asking, server, options={"force": True}).code == "unknown_option"
    assert refused(asking, server, options={"ipv4": "yes"}).code == "unknown_option"


def test_a_reviewer_sees_what_changes(asking, server, held_tenant):
    (task,) = ask(asking, server, type="RECONFIGURE", values={"cpu": 8, "vlan_tag": 12})
    assert ["CPU cores", "2 → 8"] in task.shown
    assert ["VLAN tag", "none → 12"] in task.shown
    assert task.request["before"] == {"cpu": 2, "vlan_tag": None}
    assert task.content_hash


def test_an_address_is_kept_while_it_waits_and_given_back_on_cancel(asking, boss, server, held_tenant):
    IPv4Range.objects.create(start="192.0.2.1", end="192.0.2.1", subnet=24)
    (task,) = ask(asking, server, options={"ipv4": True})
    address = IPv4Address.objects.get(pk=task.request["reserved"]["ip"])
    assert (address.in_use, address.tenant_id) == (True, held_tenant.pk)
    decide(actor=boss, task_id=task.id, kind=Answer.Kind.CANCEL, way=Answer.Way.API)
    address.refresh_from_db()
    assert (address.in_use, address.tenant_id) == (False, None)
    assert [job.state for job in task.jobs.all()] == ["SKIPPED"] * 3


def test_no_address_left_is_said_at_once(asking, server, held_tenant):
    assert refused(asking, server, options={"ipv4": True}).code == "pool_exhausted"


def test_what_waits_counts_for_the_limits(asking, server, held_tenant, customer, tenant):
    other = Server.objects.create(tenant=tenant, user=customer, vmid=101, hostname="b.example.org", cpu=2)
    set_limits(Actor.system(), tenant, {"cpu": 8})
    ask(asking, server, type="RECONFIGURE", values={"cpu": 5})
    assert refused(asking, other, type="RECONFIGURE", values={"cpu": 4}).code == "quota_exceeded"
    assert ask(asking, other, type="RECONFIGURE", values={"cpu": 3})[0].state == "QUEUEING"


def test_less_is_always_within_the_limits(asking, server, held_tenant):
    set_limits(Actor.system(), held_tenant, {"cpu": 1})
    assert ask(asking, server, type="RECONFIGURE", values={"cpu": 1})[0].state == "QUEUEING"


def test_the_last_twenty_tasks_of_a_server_stay(asking, server, held_tenant, hold: MakeTask):
    for _ in range(KEPT + 3):
        hold(server=server, type="DEPLOY", state="CANCELLED")
    (task,) = ask(asking, server)
    assert Task.objects.filter(server=server).count() == KEPT
    assert Task.objects.filter(pk=task.pk).exists()


def test_cancelling_and_continuing_are_told_under_both_names(asking, boss, server, held_tenant):
    (task,) = ask(asking, server)
    decide(actor=boss, task_id=task.id, kind=Answer.Kind.CONTINUE, way=Answer.Way.API, message="accepted")
    assert told()[-2:] == ["task.continued", "TASK_DEPLOY_CONTINUE"]
    assert Event.objects.get(type="TASK_DEPLOY_CONTINUE").payload["message"] == "accepted"
    task.refresh_from_db()
    assert task.state == "PENDING"
    assert task.execution_id is not None


def test_enabling_the_workflow_is_told(held_tenant: Tenant):
    event = Event.objects.get(type="ENTERPRISE_ENABLE_WORKFLOW")
    assert (event.payload["enterpriseId"], event.tenant_id) == (held_tenant.pk, held_tenant.pk)


def test_an_ordered_server_is_not_told_as_created(customer: User):
    create_server(
        actor=Actor.system(customer.tenant_id),
        user=customer,
        vmid=300,
        hostname="n.example.org",
        deployment="ordered",
    )
    assert "server.created" not in told()
