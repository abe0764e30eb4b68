"""Asking for servers that are not there yet."""

from decimal import Decimal

import pytest

from accounts.actors import Actor
from approvals.models import Answer, Task
from approvals.services.deciding import decide
from approvals.services.ordering import MOST_ORDERED, order_server, packages
from common.problems import Problem
from flows.models import Event
from inventory.models import Package, Server

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
WANTED = {"hostname": "new.example.org", "cpu": 2, "ram": 2048, "disk": 30}


def test_an_ordered_server_is_the_customers_and_not_created_yet(asking, customer, held_tenant):
    task = order_server(actor=asking, values=WANTED)
    server = Server.objects.get(pk=task.server_id)
    assert (server.user, server.tenant, server.deployment) == (customer, held_tenant, "ordered")
    assert (task.type, task.state) == ("DEPLOY", "QUEUEING")
    assert not Event.objects.filter(type="server.created").exists()


def test_each_has_a_machine_number_of_its_own(asking, server, held_tenant):
    tasks = [order_server(actor=asking, values={**WANTED, "hostname": f"{n}.example.org"}) for n in "ab"]
    numbers = list(Server.objects.order_by("pk").values_list("vmid", flat=True))
    assert len(set(numbers)) == 3
    assert len(tasks) == 2


def test_a_package_gives_the_sizes(asking, held_tenant, outsider_admin):
    chosen = Package.objects.create(name="L", price=Decimal(9), cpu=8, ram=16384, disk=200)
    foreign = Package.objects.create(name="X", price=Decimal(1), tenant=outsider_admin.tenant)
    task = order_server(actor=asking, values={"hostname": "p.example.org", "package": chosen})
    server = Server.objects.get(pk=task.server_id)
    assert (server.cpu, server.ram, server.disk) == (8, 16384, 200)
    assert foreign not in packages(asking)


def test_what_is_not_deployed_is_bounded(asking, boss, held_tenant):
    for number in range(MOST_ORDERED):
        task = order_server(actor=asking, values={**WANTED, "hostname": f"n{number}.example.org"})
        decide(actor=boss, task_id=task.id, kind=Answer.Kind.CANCEL, way=Answer.Way.API)
    with pytest.raises(Problem) as refused:
        order_server(actor=asking, values=WANTED)
    assert refused.value.code == "too_many_ordered"


def test_who_has_no_tenant_orders_none(platform_admin):
    with pytest.raises(Problem) as refused:
        order_server(actor=Actor.of_user(platform_admin), values=WANTED)
    assert refused.value.code == "no_tenant"


def test_a_bad_hostname_leaves_nothing(asking, held_tenant):
    with pytest.raises(Problem):
        order_server(actor=asking, values={**WANTED, "hostname": "not a host"})
    assert not Task.objects.exists()
    assert not Server.objects.exists()
