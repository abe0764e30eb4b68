"""Servers that are held: which changes wait, and that an open gate costs no query."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actors import Actor
from accounts.models import User
from approvals.models import Task
from approvals.services.requesting import request_operation
from approvals.services.settings import set_tenant_workflow, set_workflow
from common.problems import Problem
from flows.sdk.testing import FakeContext
from inventory.models import Server
from inventory.services import gate, server_changes
from inventory.services.servers import set_status, update_server, writer
from tests.inventory.nodes.modifying import failure

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def task(server: Server, customer: User) -> Task:
    set_workflow(Actor.system(), is_enabled=True)
    set_tenant_workflow(Actor.system(), server.tenant, True)
    return request_operation(actor=Actor.of_user(customer), servers=[server], type="DEPLOY")[0]


def refused(call: Any, *arguments: Any, **values: Any) -> Problem:
    with pytest.raises(Problem) as caught:
        call(*arguments, **values)
    return caught.value


@pytest.mark.parametrize(
    "values",
    [{"cpu": 9}, {"ram": 1}, {"disk": 1}, {"ip": None, "cpu": 3}, {"interfaces": []}, {"status": "online"}],
)
def test_what_would_change_the_operation_waits_for_it(server, task, platform_admin, values):
    problem = refused(update_server, server, actor=Actor.of_user(platform_admin), **values)
    assert (problem.status, problem.code, problem.extra["task"]) == (409, "server_is_held", str(task.pk))


def test_a_held_server_is_not_deleted(server, task):
    assert refused(writer.delete, server, actor=Actor.system()).code == "server_is_held"


def test_the_interface_waits_too(server, task):
    problem = refused(server_changes.change_vlan_tag, server, 7, actor=Actor.system())
    assert problem.code == "server_is_held"
    assert server.interfaces.first().vlan_tag is None


def test_modify_server_fails_with_the_same_code(server, task, context: FakeContext):
    changed = {"component": "network", "network_action": "change-vlan-tag", "vlan_tag": 7}
    assert failure(context, server, **changed)[0] == "server_is_held"


@pytest.mark.parametrize(
    "values", [{"note": "Mind the gap"}, {"hostname": "b.example.org"}, {"node": "pve9"}, {"vmid": 900}]
)
def test_all_else_goes_on(server, task, values):
    update_server(server, actor=Actor.system(), **values)


def test_interfaces_that_stay_as_they_are_do_not_count(server, task):
    same = [{"number": one.number, "vlan_tag": None, "rate_limit": None} for one in server.interfaces.all()]
    update_server(server, actor=Actor.system(), note="x", interfaces=same)


def test_where_the_machine_is_does_not_change_under_an_operation_at_work(server, task):
    Task.objects.update(state="STARTED")
    assert refused(update_server, server, actor=Actor.system(), vmid=900).code == "server_is_held"


def test_a_fact_is_told_of_a_held_server(server, task):
    server_changes.tell_status(server, "online", has_restarted=False, actor=Actor.system())
    server.refresh_from_db()
    assert server.status == "online"


def test_whoever_holds_it_changes_it(server, task):
    with gate.passed(server.pk):
        update_server(server, actor=Actor.system(), cpu=9)
    assert refused(update_server, server, actor=Actor.system(), cpu=10).code == "server_is_held"


def test_an_open_gate_costs_no_query(server, monkeypatch):
    with CaptureQueriesContext(
        connection,
    ) as with_gate:
        set_status(server, "online", actor=Actor.system())
    set_status(server, "offline", actor=Actor.system())
    monkeypatch.setattr(gate, "_gates", [])
    with CaptureQueriesContext(connection) as without:
        set_status(server, "online", actor=Actor.system())
    assert len(with_gate) == len(without)


def test_power_of_a_held_machine_stays(server, task):
    assert refused(server_changes.check_power, server, actor=Actor.system()).code == "server_is_held"
