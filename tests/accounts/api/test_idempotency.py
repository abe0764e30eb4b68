"""One key starts one thing."""

import threading
from uuid import uuid4

import pytest
from django.db import connection
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory, force_authenticate
from rest_framework.views import APIView

from accounts.actors import Actor
from accounts.api.idempotency import idempotent
from accounts.models import IdempotencyRecord, Tenant, User
from accounts.roles import Permission
from common.problems import Problem


class Start(APIView):
    needs = {"post": Permission.view}

    @idempotent
    def post(self, request):
        tenant = Tenant.objects.create(name=f"T{uuid4()}", slug=uuid4().hex)
        if "refuse" in request.data:
            raise Problem(409, "refused", "No.")
        if "bad" in request.data:
            return Response({"no": True}, status=400)
        return Response({"id": tenant.pk}, status=202, headers={"Location": f"/t/{tenant.pk}/"})


class Other(Start):
    pass


def send(user: User, body, key: str | None = "k-1", view=Start, path: str = "/start/"):
    headers = {} if key is None else {"Idempotency-Key": key}
    request = APIRequestFactory().post(path, body, format="json", headers=headers)
    force_authenticate(request, user, token=Actor.of_user(user))
    return view.as_view()(request).render()


def test_the_same_key_gets_the_first_answer(viewer: User):
    first, second = send(viewer, {"a": 1}), send(viewer, {"a": 1})
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert first["Location"] == second["Location"]
    assert "Idempotent-Replayed" not in first
    assert second["Idempotent-Replayed"] == "true"
    assert Tenant.objects.exclude(name="Acme").count() == 1


def test_without_a_key_each_request_counts(viewer: User):
    send(viewer, {"a": 1}, key=None)
    send(viewer, {"a": 1}, key=None)
    assert Tenant.objects.exclude(name="Acme").count() == 2
    assert not IdempotencyRecord.objects.exists()


def test_the_same_key_with_another_body_or_path_is_422(viewer: User):
    send(viewer, {"a": 1, "b": 2})
    assert send(viewer, {"b": 2, "a": 1}).status_code == 202
    for answer in (send(viewer, {"a": 2}), send(viewer, {"a": 1, "b": 2}, path="/other/")):
        assert answer.status_code == 422
        assert answer.data["code"] == "idempotency_key_reused"


def test_keys_of_different_people_do_not_meet(viewer: User, flow_editor: User):
    assert send(viewer, {"a": 1}).content != send(flow_editor, {"a": 1}).content


@pytest.mark.parametrize("body", [{"refuse": 1}, {"bad": 1}])
def test_what_was_refused_leaves_nothing_and_frees_the_key(viewer: User, body):
    assert send(viewer, body).status_code in (400, 409)
    assert Tenant.objects.count() == 1
    assert send(viewer, {"a": 1}).status_code == 202


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "a b", "\u00e9"])
def test_an_odd_key_is_400(viewer: User, key: str):
    assert send(viewer, {"a": 1}, key=key).status_code == 400


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_fifty_parallel_requests_of_one_key_start_one_thing(viewer: User):
    answers, barrier = [], threading.Barrier(50)

    def one():
        try:
            barrier.wait()
            answers.append(send(viewer, {"a": 1}))
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.content for answer in answers}) == 1
    assert len(answers) == 50
    assert Tenant.objects.exclude(name="Acme").count() == 1
