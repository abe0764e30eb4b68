"""What the connector was told, over the API, and telling it once more."""

from datetime import UTC, datetime
from typing import Any

import pytest

from accounts.models import AuditEntry, User
from approvals.models import Delivery, Task
from tests.flows.api.conftest import Clients

pytestmark = pytest.mark.django_db
DELIVERIES = "/api/v1/deliveries/"


@pytest.fixture
def delivery(hold: Any) -> Delivery:
    """One that failed, of a task that waits."""
    task = hold()
    made = Delivery.objects.create(tenant=task.tenant, created_at=datetime.now(UTC), state="failed", tries=1)
    made.tasks.add(task)
    error = {"code": "WKF-01", "message": "Nobody answers.", "hint": ""}
    made.attempts.create(number=1, at=datetime.now(UTC), url="https://c.example.org", ms=12, error=error)
    return made


def test_a_delivery_tells_its_tasks_and_tries(api: Clients, tenant_admin: User, delivery: Delivery):
    client, task = api(tenant_admin), delivery.tasks.get()
    (row,) = client.get(DELIVERIES, {"task": str(task.pk), "state": "failed"}).json()["results"]
    assert (row["tasks"], row["attempts"][0]["error"]["code"]) == ([str(task.pk)], "WKF-01")
    assert client.get(DELIVERIES, {"state": "delivered"}).json()["results"] == []


def test_it_is_told_once_more_as_soon_as_a_worker_looks(api: Clients, manager: User, delivery: Delivery):
    answer = api(manager).post(f"{DELIVERIES}{delivery.pk}/again/")
    assert (answer.status_code, answer.json()["state"]) == (202, "waiting")
    assert AuditEntry.objects.filter(verb="redelivered", target_id=str(delivery.pk)).exists()


def test_what_is_decided_is_not_told_again(api: Clients, manager: User, delivery: Delivery):
    Task.objects.update(state=Task.State.CANCELLED, decided_at=datetime.now(UTC))
    answer = api(manager).post(f"{DELIVERIES}{delivery.pk}/again/")
    assert (answer.status_code, answer.json()["code"]) == (409, "decided_already")


def test_people_of_another_tenant_do_not_find_it(api: Clients, outsider_admin: User, delivery: Delivery):
    assert api(outsider_admin).post(f"{DELIVERIES}{delivery.pk}/again/").status_code == 404
