"""Operations from their begin to their end, by a real runner on the inventory."""

from typing import Any

import pytest

from accounts.actors import Actor
from approvals.models import Answer, Task
from approvals.services import cut_off, drawings
from approvals.services.deciding import decide
from approvals.services.limits import set_limits
from approvals.services.requesting import request_operation
from flows.models import Event, Flow, Run
from inventory.models import IPv4Address, IPv4Range, Server
from tests.support.flows import eventually, line, published, run_to_rest, started

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


def done(actor: Actor, server: Server, type: str, **more: Any) -> Task:
    (task,) = request_operation(actor=actor, servers=[server], type=type, **more)
    return ended(task, server)


def ended(task: Task, server: Server) -> Task:
    task.refresh_from_db()
    run_to_rest(Run.objects.get(id=task.execution_id))
    server.refresh_from_db()
    return Task.objects.get(pk=task.pk)


def states(task: Task) -> list[tuple[str, str]]:
    return [(job.state, job.rollback_state) for job in task.jobs.all()]


def told(*of: str) -> list[str]:
    rows = Event.objects.exclude(type="manual.start").order_by("id").values_list("type", flat=True)
    return [name for name in rows if not of or name.startswith(of)]


def test_a_deploy_of_an_ordered_server_makes_it_and_switches_it_on(asking, server, manager, held_tenant):
    Server.objects.update(deployment="ordered")
    IPv4Range.objects.create(start="192.0.2.1", end="192.0.2.9", subnet=24)
    (task,) = request_operation(actor=asking, servers=[server], type="DEPLOY", options={"ipv4": True})
    decide(actor=Actor.of_user(manager), task_id=task.id, kind=Answer.Kind.CONTINUE, way=Answer.Way.PAGE)
    task = ended(task, server)
    assert (task.state, states(task)) == ("FINISHED_SUCCESSFULLY", [("DONE", "UNKNOWN")] * 3)
    assert (server.status, server.deployment) == ("online", "deployed")
    assert server.ip_id == task.request["reserved"]["ip"]
    assert told("server.", "task.") == [
        "task.held",
        "task.continued",
        "task.started",
        "server.created",
        "server.start",
        "task.finished",
    ]


def test_a_deploy_of_a_server_that_was_there_creates_nothing(asking, server):
    done(asking, server, "DEPLOY")
    assert told("server.") == ["server.start"]


def test_a_reconfigure_writes_the_new_values(asking, server):
    values = {"cpu": 8, "ram": 4096, "vlan_tag": 7, "rate_limit": 12.5}
    task = done(asking, server, "RECONFIGURE", values=values)
    assert task.state == "FINISHED_SUCCESSFULLY"
    interface = server.interfaces.get()
    assert (server.cpu, server.ram, interface.vlan_tag, float(interface.rate_limit)) == (8, 4096, 7, 12.5)


def test_an_undeploy_stops_the_server_and_frees_its_addresses(asking, server):
    pool = IPv4Range.objects.create(tenant=server.tenant, start="10.0.0.1", end="10.0.0.9", subnet=24)
    address = IPv4Address.objects.create(tenant=server.tenant, range=pool, ip="10.0.0.5", in_use=True)
    Server.objects.update(status="online", ip=address)
    task = done(asking, server, "UNDEPLOY")
    assert task.state == "FINISHED_SUCCESSFULLY"
    address.refresh_from_db()
    assert (server.status, server.deployment, server.ip, address.in_use) == (
        "offline",
        "undeployed",
        None,
        False,
    )
    assert told("server.") == ["server.stop"]


def test_what_does_not_fit_any_more_on_continue_fails_and_gives_back(asking, server, manager, held_tenant):
    Server.objects.update(deployment="ordered")
    IPv4Range.objects.create(start="192.0.2.1", end="192.0.2.9", subnet=24)
    (task,) = request_operation(actor=asking, servers=[server], type="DEPLOY", options={"ipv4": True})
    set_limits(Actor.system(), held_tenant, {"servers": 0})
    decide(actor=Actor.of_user(manager), task_id=task.id, kind=Answer.Kind.CONTINUE, way=Answer.Way.PAGE)
    task = ended(task, server)
    assert task.state == "FINISHED_UNSUCCESSFULLY"
    assert task.error["code"] == "quota_exceeded"
    assert [state for state, _ in states(task)] == ["FAILED", "SKIPPED", "SKIPPED"]
    assert not IPv4Address.objects.get(pk=task.request["reserved"]["ip"]).in_use
    assert (server.deployment, told("server.")) == ("ordered", [])


def test_a_later_job_that_fails_takes_back_what_the_others_did(asking, server, monkeypatch):
    from approvals.services import job_work
    from common.problems import conflict

    def fails(*_: object) -> None:
        raise conflict("broken", "It broke.")

    monkeypatch.setitem(job_work._CHANGES, job_work.Type.POWER_ON, fails)
    IPv4Range.objects.create(start="192.0.2.1", end="192.0.2.9", subnet=24)
    task = done(asking, server, "DEPLOY", options={"ipv4": True})
    assert (task.state, task.error["code"]) == ("FINISHED_UNSUCCESSFULLY", "broken")
    assert states(task) == [("DONE", "ROLLBACK_DONE"), ("DONE", "ROLLBACK_DONE"), ("FAILED", "UNKNOWN")]
    assert server.ip is None
    assert not IPv4Address.objects.get(pk=task.request["reserved"]["ip"]).in_use


def test_a_run_that_was_cancelled_aborts_its_task(asking, server):
    (task,) = request_operation(actor=asking, servers=[server], type="DEPLOY")
    Run.objects.filter(id=task.execution_id).update(status="cancelled")
    cut_off.settle()
    task.refresh_from_db()
    assert task.state == "ABORTED"
    assert told()[-1] == "task.finished"


def test_one_flow_carries_out_everything_and_nobody_sees_it(asking, server):
    done(asking, server, "DEPLOY")
    done(asking, server, "UNDEPLOY")
    flow = Flow.objects.get(name=drawings.CARRYING_OUT)
    assert (flow.is_managed, flow.tenant_id) == (True, None)


def test_a_review_of_a_flow_is_told_as_held_and_never_starts_flows_for_ever(manager, tenant):
    wait = ("w", "wait-for-review", {"title": "Sure?"})
    flow = published(line(("t", "event", {"event": "task.held"}), wait), Actor.system(tenant.pk))
    by_hand = published(line(("t", "manual", {}), wait), Actor.system(tenant.pk))
    first = run_to_rest(started(by_hand))
    runs = Run.objects.filter(flow=flow).order_by("id")
    eventually(runs.exists, what="the flow hears of the review")
    run_to_rest(runs[0])
    held = Event.objects.filter(type="task.held", tenant=tenant).order_by("id")
    assert list(held.values_list("depth", flat=True))[:2] == [1, 2]
    assert [event.cause_run_id for event in held[:2]] == [first.pk, runs[0].pk]
