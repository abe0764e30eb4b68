"""Tasks tell of their life as executions do."""

from typing import Any

import pytest

from accounts.actors import Actor
from accounts.models import User
from approvals.models import Answer, Task
from approvals.services.deciding import decide
from approvals.services.requesting import request_operation
from flows.models import Event, Run
from flows.services.runs import cancel_run
from tests.support.flows import document, published, run_to_rest, started
from tests.support.life_cycle import everything, hook

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


def told(kind: str = "task") -> list[str]:
    rows = Event.objects.filter(type__startswith="workflow_").order_by("id")
    return [event.type for event in rows if event.payload["kind"] == kind]


def asked(actor: Actor, server: Any, type: str = "RECONFIGURE", **more: Any) -> Task:
    (task,) = request_operation(actor=actor, servers=[server], type=type, **more)
    return task


def said(manager: User, task: Task, kind: Answer.Kind) -> None:
    decide(actor=Actor.of_user(manager), task_id=task.id, kind=kind, way=Answer.Way.PAGE)


def carried_out(task: Task) -> None:
    task.refresh_from_db()
    run_to_rest(Run.objects.get(id=task.execution_id))


def reviewing(trigger: tuple[str, dict[str, Any]] = ("manual", {})) -> dict[str, Any]:
    kind, config = trigger
    ports = ("continued", "cancelled", "expired")
    return document(
        [
            ("t", kind, config),
            ("r", "wait-for-review", {"title": "Go on?"}),
            *((port, "log-line", {"text": port}) for port in ports),
        ],
        [("t", "out", "r"), *(("r", port, port) for port in ports)],
    )


def test_an_operation_that_is_continued_and_carried_out(asking, server, manager, held_tenant):
    everything()
    task = asked(asking, server, values={"cpu": 8})
    assert told() == ["workflow_queued"]
    said(manager, task, Answer.Kind.CONTINUE)
    carried_out(task)
    assert told() == ["workflow_queued", "workflow_started", "workflow_succeeded"]
    assert told("flow") == []  # the run that carries it out is the program's own


def test_an_operation_that_needs_no_review_is_queued_too(asking, server):
    everything()
    carried_out(asked(asking, server, values={"cpu": 8}))
    assert told() == ["workflow_queued", "workflow_started", "workflow_succeeded"]


def test_an_operation_that_is_cancelled_was_never_started(asking, server, manager, held_tenant):
    everything()
    said(manager, asked(asking, server, values={"cpu": 8}), Answer.Kind.CANCEL)
    assert told() == ["workflow_queued", "workflow_cancelled"]


def test_the_context_names_the_server_and_what_was_asked(asking, server):
    hook("workflow_queued")
    task = asked(asking, server, values={"cpu": 8})
    (payload,) = Event.objects.filter(type="workflow_queued").values_list("payload", flat=True)
    assert (payload["execution_id"], payload["workflow_id"]) == (str(task.id), "reconfigure")
    assert (payload["deployment_id"], payload["tenant_name"]) == (str(server.pk), "Acme")
    assert payload["execution_parameters"] == task.request
    assert payload["blueprint_id"] is None


def test_a_review_is_queued_when_it_is_asked_and_ends_with_its_answer(manager, tenant_admin):
    everything()
    run = run_to_rest(
        started(published(reviewing(), Actor.of_user(tenant_admin)), {}, Actor.of_user(tenant_admin))
    )
    said(manager, Task.objects.get(run_id=run.id), Answer.Kind.CONTINUE)
    assert told() == ["workflow_queued", "workflow_succeeded"]


def test_a_review_whose_run_is_cancelled_is_cancelled(tenant_admin):
    everything()
    actor = Actor.of_user(tenant_admin)
    run = run_to_rest(started(published(reviewing(), actor), {}, actor))
    cancel_run(actor=actor, run=run)
    assert told() == ["workflow_queued", "workflow_cancelled"]


def test_a_review_in_a_run_that_a_life_cycle_event_started_tells_nothing(asking, server):
    published(reviewing(("event", {"event": "workflow_queued"})))
    asked(asking, server, values={"cpu": 8})
    (event,) = Event.objects.filter(type="workflow_queued")
    run_to_rest(Run.objects.get(event=event))
    assert Task.objects.filter(type="REVIEW").count() == 1
    assert told() == ["workflow_queued"]
