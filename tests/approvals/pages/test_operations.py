"""The pages by which people ask for operations."""

import re

import pytest

from approvals.models import Task
from inventory.models import Server

pytestmark = pytest.mark.django_db


def at(server: Server, kind: str = "") -> str:
    return f"/servers/{server.pk}/operations/" + (f"{kind}/" if kind else "")


def test_a_customer_asks_for_a_deploy_and_sees_it_wait(client, customer, server, held_tenant):
    client.force_login(customer)
    page = client.post(at(server, "deploy"), follow=True).content.decode()
    assert "waits for review" in page
    assert "Waiting for review" in page
    assert Task.objects.get().requester == customer


def test_a_reconfigure_asks_for_what_was_changed_only(client, customer, server, held_tenant):
    client.force_login(customer)
    form = {"cpu": 4, "ram": 2048, "disk": 20, "vlan_tag": "", "rate_limit": ""}
    client.post(at(server, "reconfigure"), {f"reconfigure-{name}": value for name, value in form.items()})
    assert Task.objects.get().request["values"] == {"cpu": 4}


def test_what_is_refused_stays_in_the_form(client, customer, server):
    client.force_login(customer)
    form = {"cpu": 2, "ram": 2048, "disk": 20, "vlan_tag": "", "rate_limit": ""}
    page = client.post(
        at(server, "reconfigure"), {f"reconfigure-{name}": value for name, value in form.items()}
    )
    assert "The server is like that already." in page.content.decode()


def test_a_viewer_sees_the_tasks_and_no_forms(client, viewer, server):
    client.force_login(viewer)
    page = client.get(at(server)).content.decode()
    assert "The last tasks" in page
    assert '<form method="post" class="card-body"' not in page


def test_a_customer_orders_a_server(client, customer, held_tenant):
    client.force_login(customer)
    form = {"hostname": "n.example.org", "cpu": 1, "ram": 1024, "disk": 10}
    page = client.post("/my/servers/new/", form, follow=True).content.decode()
    assert "Waiting for review" in page
    assert Server.objects.get().deployment == "ordered"


def test_the_navigation_says_that_one_is_among_the_servers(client, customer, server):
    client.force_login(customer)
    for address in (at(server), "/my/servers/new/"):
        page = client.get(address).content.decode()
        (here,) = re.findall(r'<a [^>]*href="([^"]+)"[^>]*aria-current="page"', page)
        assert here == "/my/servers/"
