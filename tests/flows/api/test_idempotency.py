"""One `Idempotency-Key` starts one run, however often and however parallel it is sent."""

import threading
from typing import Any

import pytest
from django.db import connection
from rest_framework.test import APIClient

from accounts.models import User
from flows.models import Event, Run
from tests.flows.api.conftest import Clients
from tests.flows.pages.conftest import House, published

KEY = {"Idempotency-Key": "key-1"}


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_fifty_parallel_posts_of_one_key_start_one_run(api: Clients, flow_editor: User):
    url = f"/api/v1/flows/{published(flow_editor).id}/run/"
    barrier = threading.Barrier(50)
    answers: list[Any] = []

    def one() -> None:
        try:
            client = api(flow_editor)
            barrier.wait()
            answers.append(client.post(url, {"payload": {"ram": 1}}, headers=KEY))
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [202] * 50
    assert len({answer.content for answer in answers}) == 1
    assert (Run.objects.count(), Event.objects.count()) == (1, 1)


def test_the_same_key_with_another_body_or_address_is_422(editor: APIClient, house: House):
    url = f"/api/v1/flows/{house.flow.id}/run/"
    assert editor.post(url, {"payload": {"ram": 1}}, headers=KEY).status_code == 202
    for path, body in (
        (url, {"payload": {"ram": 2}}),
        (f"/api/v1/runs/{house.run.id}/retry/", {"payload": {"ram": 1}}),
    ):
        answer = editor.post(path, body, headers=KEY)
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert Run.objects.count() == 2


@pytest.mark.parametrize("path", ["flows/{flow}/duplicate/", "runs/{run}/retry/", "flows/{flow}/run/"])
def test_every_post_that_starts_something_takes_a_key(editor: APIClient, house: House, path: str):
    url = "/api/v1/" + path.format(flow=house.flow.id, run=house.run.id)
    first, second = (editor.post(url, {}, headers=KEY) for _ in range(2))
    assert first.status_code in (201, 202)
    assert first.content == second.content
    assert second["Idempotent-Replayed"] == "true"


def test_a_run_by_hand_wants_a_published_flow_that_is_on(editor: APIClient, house: House):
    made = editor.post("/api/v1/flows/", {"name": "New"}).json()
    answer = editor.post(f"/api/v1/flows/{made['id']}/run/", {})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_published")
    editor.patch(f"/api/v1/flows/{house.flow.id}/", {"is_enabled": False})
    answer = editor.post(f"/api/v1/flows/{house.flow.id}/run/", {}, headers=KEY)
    assert (answer.status_code, answer.json()["code"]) == (409, "switched_off")
    editor.patch(f"/api/v1/flows/{house.flow.id}/", {"is_enabled": True})
    assert editor.post(f"/api/v1/flows/{house.flow.id}/run/", {}, headers=KEY).status_code == 202


@pytest.mark.parametrize("payload", [None, [], "x", 1])
def test_a_payload_is_an_object(editor: APIClient, house: House, payload: Any):
    answer = editor.post(f"/api/v1/flows/{house.flow.id}/run/", {"payload": payload})
    assert (answer.status_code, answer.json()["field"]) == (400, "payload")
