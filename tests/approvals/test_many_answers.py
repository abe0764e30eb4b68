"""A hundred answers at the same moment, over all ways in: one decides, and the others are told who it was."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from rest_framework.test import APIClient

from accounts.actors import Actor
from accounts.models import AuditEntry, User
from accounts.services import tokens
from approvals.models import Answer, Task
from approvals.services.deciding import decide
from common.problems import Problem
from flows.models import LogLine, Run
from tests.support.flows import document, published, run_to_rest, started

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases, pytest.mark.slow]
ANSWERS, THREADS = 100, 20
WAYS = (Answer.Way.PAGE, Answer.Way.LINK, Answer.Way.CHAT, Answer.Way.CONNECTOR)


@pytest.fixture
def waiting(tenant_admin: User) -> tuple[Run, Task]:
    """A run that waits for review."""
    drawing = document(
        [("t", "manual", {}), ("r", "wait-for-review", {"title": "Go on?"})],
        [("t", "out", "r")],
    )
    actor = Actor.of_user(tenant_admin)
    run = run_to_rest(started(published(drawing, actor), {}, actor))
    return run, Task.objects.get(run_id=run.id)


def test_a_hundred_answers_make_one_decision(waiting, manager, platform_admin, connector):
    run, task = waiting
    people = [Actor.of_user(user) for user in (manager, platform_admin, connector)]
    secret = tokens.create(
        Actor.of_user(platform_admin), name="wkf", scopes=["workflow_override"], user=connector
    )[1]
    gate = threading.Barrier(THREADS)

    def by_service(number: int, kind: Answer.Kind) -> tuple[int, dict[str, Any]]:
        way = WAYS[number % len(WAYS)]
        try:
            decide(actor=people[number % 3], task_id=task.id, kind=kind, way=way)
        except Problem as problem:
            return problem.status, problem.as_json()
        return 200, {}

    def by_api(number: int, kind: Answer.Kind) -> tuple[int, dict[str, Any]]:
        client = APIClient(headers={"Authorization": f"Bearer {secret}"})
        answer = client.post(f"/api/v1/tasks/{task.id}/{kind.value}/")
        return answer.status_code, answer.json()

    def answer(number: int) -> tuple[int, dict[str, Any]]:
        kind = (Answer.Kind.CONTINUE, Answer.Kind.CANCEL)[number % 2]
        if number < THREADS:
            gate.wait(60)
        try:
            return (by_api if number % 5 == 0 else by_service)(number, kind)
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(answer, range(ANSWERS)))
    assert Counter(status for status, _ in answers) == {200: 1, 409: ANSWERS - 1}
    task.refresh_from_db()
    losers = [body for status, body in answers if status == 409]
    assert {body["code"] for body in losers} == {"decided_already"}
    assert {body["decided_by"] for body in losers} == {task.decided_by}
    assert {body["decided_at"] for body in losers} == {task.decided_at.isoformat()}
    assert Answer.objects.count() == 1
    assert AuditEntry.objects.filter(target="task", target_id=str(task.id)).count() == 1
    assert run_to_rest(run).status == "succeeded"
    said = LogLine.objects.filter(run=run, node_id="r", text__startswith=task.decided_by)
    assert said.count() == 1
