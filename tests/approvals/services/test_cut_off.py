"""Operations whose run ended without saying so: taken back, once, and then over."""

from typing import Any

import pytest
from django.db import transaction

from approvals.models import Task
from approvals.services import cut_off, job_work
from approvals.services.requesting import request_operation
from flows.models import Event, Run
from flows.sdk import NodeError
from inventory.models import IPv4Address, IPv4Range, Server
from tests.support.flows import run_to_rest

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


@pytest.fixture
def deploying(asking: Any, server: Server) -> Task:
    """With an address that the first two jobs gave the server."""
    Server.objects.update(deployment="ordered")
    IPv4Range.objects.create(start="192.0.2.1", end="192.0.2.9", subnet=24)
    (task,) = request_operation(actor=asking, servers=[server], type="DEPLOY", options={"ipv4": True})
    for position in (1, 2):
        work(task, position)
    return task


def work(task: Task, position: int) -> None:
    found = Task.objects.select_related("server").get(pk=task.pk)
    job = job_work.job_begins(found, position)
    assert job is not None
    with transaction.atomic():
        job_work.job_is_done(found, job, None)


def cut(task: Task, status: str = "cancelled") -> Task:
    Run.objects.filter(id=task.execution_id).update(status=status, error={"code": "broken", "message": "No."})
    cut_off.settle()
    return Task.objects.get(pk=task.pk)


def test_what_the_jobs_did_is_taken_back_when_the_run_is_cancelled(deploying, server):
    task = cut(deploying)
    run_to_rest(Run.objects.get(id=task.execution_id))
    task.refresh_from_db()
    server.refresh_from_db()
    jobs = [(job.state, job.rollback_state) for job in task.jobs.all()]
    assert jobs == [("DONE", "ROLLBACK_DONE"), ("DONE", "ROLLBACK_DONE"), ("SKIPPED", "UNKNOWN")]
    assert (task.state, server.ip, server.deployment) == ("ABORTED", None, "ordered")
    assert not IPv4Address.objects.get(pk=task.request["reserved"]["ip"]).in_use
    assert Event.objects.filter(type="task.finished").count() == 1


def test_a_run_that_failed_unseen_leaves_a_failed_operation(deploying):
    task = cut(deploying, "failed")
    run_to_rest(Run.objects.get(id=task.execution_id))
    task.refresh_from_db()
    assert (task.state, task.error["code"]) == ("FINISHED_UNSUCCESSFULLY", "broken")


def test_the_server_stays_held_until_all_is_taken_back(deploying):
    task = cut(deploying)
    assert task.state == "STARTED"
    assert task.execution_id != deploying.execution_id
    cut_off.settle()
    assert Task.objects.get(pk=task.pk).execution_id == task.execution_id


def test_taking_back_that_is_cancelled_itself_ends_the_operation(deploying):
    task = cut(cut(deploying))
    assert task.state == "ABORTED"
    assert task.jobs.get(position=2).rollback_state == "UNKNOWN"


def test_an_operation_of_which_all_is_done_is_not_taken_back(deploying, server):
    work(deploying, 3)
    assert cut(deploying).state == "ABORTED"
    server.refresh_from_db()
    assert (server.deployment, server.ip_id) == ("deployed", deploying.request["reserved"]["ip"])


def test_a_run_that_was_cut_off_does_no_further_job(deploying):
    before = Task.objects.select_related("server").get(pk=deploying.pk)
    job = before.jobs.get(position=3)
    cut(deploying)
    with pytest.raises(NodeError) as caught, transaction.atomic():
        job_work.job_is_done(before, job, None)
    assert caught.value.code == "not_a_task"
