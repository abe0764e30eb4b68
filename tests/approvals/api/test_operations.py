"""Operations over the API."""

import pytest

from approvals.models import Task
from inventory.models import Server

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
URL, ORDERS = "/api/v1/operations/", "/api/v1/server-orders/"


def test_a_customer_asks_for_a_reconfigure(api, customer, server, held_tenant):
    body = {"type": "RECONFIGURE", "servers": [server.pk], "values": {"cpu": 8}}
    answer = api(customer).post(URL, body)
    assert answer.status_code == 201
    assert (answer.json()[0]["state"], answer.json()[0]["server"]) == ("QUEUEING", server.pk)
    again = api(customer).post(URL, body)
    assert (again.status_code, again.json()["code"]) == (409, "server_is_held")
    assert again.json()["task"] == answer.json()[0]["id"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"type": "EXPLODE", "servers": [1]},
        {"type": "DEPLOY", "servers": []},
        {"type": "DEPLOY", "servers": [1], "options": []},
        {"type": "DEPLOY", "servers": [1], "values": "x"},
        {"type": "DEPLOY", "servers": "all"},
    ],
)
def test_a_bad_body_is_400_and_changes_nothing(api, customer, server, body):
    assert api(customer).post(URL, body).status_code == 400
    assert not Task.objects.exists()


def test_a_held_server_is_told_as_such(api, tenant_admin, customer, server, held_tenant):
    asked = api(customer).post(URL, {"type": "DEPLOY", "servers": [server.pk]}).json()[0]
    url = f"/api/v1/inventory/servers/{server.pk}/"
    seen = api(customer).get(url).json()
    assert seen["operation"] == {"task": asked["id"], "state": "QUEUEING"}
    assert seen["status"] == "offline"
    refused = api(tenant_admin).patch(url, {"ram": 4096})
    assert (refused.status_code, refused.json()["task"]) == (409, asked["id"])
    assert api(tenant_admin).patch(url, {"note": "x"}).json()["operation"]["state"] == "QUEUEING"
    assert api(tenant_admin).get("/api/v1/inventory/servers/").json()["results"][0]["operation"]


def test_a_server_that_nothing_holds_has_no_operation(api, customer, server):
    assert api(customer).get(f"/api/v1/inventory/servers/{server.pk}/").json()["operation"] is None


def test_an_order_makes_a_server_that_is_not_created_yet(api, customer, held_tenant):
    answer = api(customer).post(ORDERS, {"hostname": "n.example.org", "cpu": 2})
    assert answer.status_code == 201
    assert Server.objects.get(pk=answer.json()["server"]).deployment == "ordered"


def test_an_unknown_package_is_404(api, customer, held_tenant):
    assert api(customer).post(ORDERS, {"hostname": "n.example.org", "package": 987654321}).status_code == 404


def test_a_task_event_cannot_be_posted(tenant_admin):
    from accounts.actors import Actor
    from common.problems import Problem
    from flows.services.sending import send_event

    with pytest.raises(Problem) as refused:
        send_event(
            actor=Actor.of_user(tenant_admin),
            event_type="task.finished",
            payload={},
            tenant_id=tenant_admin.tenant_id,
        )
    assert refused.value.code == "reserved_event_type"
