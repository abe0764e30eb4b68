"""Servers are no smaller than their template asks: when they are asked for, and when the operation begins."""

from decimal import Decimal
from typing import Any

import pytest

from accounts.actors import Actor
from approvals.models import Answer, Task
from approvals.services.deciding import decide
from approvals.services.job_work import job_begins, job_is_done
from approvals.services.ordering import order_server
from approvals.services.requesting import request_operation
from common.problems import Problem
from inventory.models import Package, Server, Template

pytestmark = pytest.mark.django_db
WANTED = {"hostname": "new.example.org", "os": "Debian 13", "cpu": 2, "ram": 2048, "disk": 30}


@pytest.fixture
def debian() -> Template:
    return Template.objects.create(vmid=9000, display_name="Debian 13", min_cpu=2, min_ram=1024, min_disk=10)


def refused(asking: Actor, **values: Any) -> Problem:
    with pytest.raises(Problem) as caught:
        order_server(actor=asking, values={**WANTED, **values})
    return caught.value


@pytest.mark.parametrize(("size", "value"), [("cpu", 1), ("ram", 1023), ("disk", 9)])
def test_too_small_a_server_is_not_ordered(asking, debian, held_tenant, size, value):
    problem = refused(asking, **{size: value})
    assert (problem.status, problem.code, problem.field) == (409, "too_small", size)
    assert "Debian 13 needs at least" in problem.message
    assert not Server.objects.exists()
    assert not Task.objects.exists()


def test_what_the_template_asks_is_enough(asking, debian, held_tenant):
    order_server(actor=asking, values={**WANTED, "ram": 1024, "disk": 10})
    assert Task.objects.get().state == "QUEUEING"


def test_a_package_is_measured_by_its_own_template(asking, debian, held_tenant):
    small = Package.objects.create(name="S", price=Decimal(1), cpu=1, ram=512, disk=5, template=debian)
    with pytest.raises(Problem) as caught:
        order_server(actor=asking, values={"hostname": "p.example.org", "package": small})
    assert caught.value.code == "too_small"


def test_it_is_looked_at_again_when_the_operation_begins(asking, boss, debian, held_tenant):
    task = order_server(actor=asking, values=WANTED)
    Template.objects.update(min_ram=4096)
    decide(actor=boss, task_id=task.id, kind=Answer.Kind.CONTINUE, way=Answer.Way.API)
    task = Task.objects.select_related("server").get(pk=task.pk)
    job = job_begins(task, 1)
    assert job is not None
    with pytest.raises(Problem) as caught:
        job_is_done(task, job, None)
    assert caught.value.message == "Debian 13 needs at least 4096 MB of memory; the server has 2048."


def test_an_ordered_server_is_not_made_smaller_than_that(asking, debian):
    task = order_server(actor=asking, values=WANTED)
    Task.objects.update(state="CANCELLED")
    with pytest.raises(Problem) as caught:
        request_operation(actor=asking, servers=[task.server], type="RECONFIGURE", values={"ram": 512})
    assert caught.value.code == "too_small"


def test_a_server_that_is_there_has_outgrown_its_template(asking, server, debian):
    Server.objects.update(os="Debian 13", ram=64)
    server.refresh_from_db()
    (task,) = request_operation(actor=asking, servers=[server], type="DEPLOY")
    assert task.state == "PENDING"
