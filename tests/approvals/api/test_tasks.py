"""Tasks over the API."""

import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.actors import Actor
from accounts.models import User
from accounts.roles import Role
from accounts.services import tokens
from approvals.models import Answer, Task
from common.ids import new_id
from tests.approvals.services.test_asking import asks, away, held
from tests.conftest import make_user
from tests.flows.api.conftest import Clients

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
TASKS = "/api/v1/tasks/"


@pytest.fixture
def chief(api: Clients, manager: User) -> APIClient:
    return api(manager)


@pytest.fixture
def asker(api: Clients, customer: User) -> APIClient:
    return api(customer)


def at(task: Any, what: str = "") -> str:
    return f"{TASKS}{task.id}/{what}"


def ids_of(answer: Any) -> list[str]:
    return [row["id"] for row in answer.json()["results"]]


def test_a_task_tells_what_is_asked_what_was_said_and_what_one_can_do(chief, asker, hold):
    form = [{"name": "cpu", "label": "CPUs", "kind": "number", "required": True, "choices": [], "most": 8}]
    task = hold(text="Please.", shown=[["ram", 1]], form=form)
    asker.post(at(task, "comments/"), {"message": "It hurries."})
    body = chief.get(at(task)).json()
    assert (body["state"], body["state_label"], body["text"]) == ("QUEUEING", "Waiting for review", "Please.")
    assert body["shown"] == [{"label": "ram", "value": 1}]
    assert body["form"] == [{**form[0], "least": None}]
    assert [(one["kind"], one["message"]) for one in body["history"]] == [("comment", "It hurries.")]
    assert (body["may_continue"], body["may_cancel"]) == (True, True)
    mine = asker.get(at(task)).json()
    assert (mine["may_continue"], mine["may_cancel"]) == (False, True)


def test_a_manager_continues_with_message_and_form(chief, hold):
    task = hold(form=[{"name": "cpu", "kind": "number", "required": True}])
    answer = chief.post(at(task, "continue/"), {"form": {"cpu": "many"}}, format="json")
    assert (answer.status_code, answer.json()["field"]) == (400, "cpu")
    answer = chief.post(at(task, "continue/"), {"form": {"cpu": 2}, "message": "Go."}, format="json")
    body = answer.json()
    assert (answer.status_code, body["state"], body["message"]) == (200, "FINISHED_SUCCESSFULLY", "Go.")
    assert (body["form_answers"], body["decided_by"]) == ({"cpu": 2}, "manager")


def test_who_comes_second_is_told_who_decided_and_when(chief, asker, hold):
    task = hold()
    assert asker.post(at(task, "cancel/"), {"message": "Never mind."}).status_code == 200
    answer = chief.post(at(task, "continue/"))
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["decided_by"]) == (409, "decided_already", "grace")
    assert problem["decided_at"]


def test_a_decision_for_other_content_is_refused(chief, hold):
    task = hold(content_hash="new")
    assert chief.post(at(task, "cancel/"), {"content_hash": "old"}).json()["code"] == "content_changed"


def test_a_question_keeps_it_waiting(chief, hold):
    task = hold()
    assert chief.post(at(task, "questions/"), {"message": "Why?"}).status_code == 201
    assert chief.get(at(task)).json()["state"] == "QUEUEING"


def test_a_task_is_handed_over(chief, hold, tenant_admin):
    body = chief.post(at(hold(), "reassign/"), {"to_users": [tenant_admin.pk]}, format="json").json()
    assert body["history"][0]["to_users"] == [tenant_admin.pk]


def test_a_failure_is_acknowledged(chief, hold):
    task = hold(state="FINISHED_UNSUCCESSFULLY")
    assert chief.post(at(task, "acknowledge/")).json()["state"] == "ACK_ERROR"


def test_many_are_decided_at_once_each_for_itself(chief, hold, other_tenant, manager):
    good, own, foreign = hold(), hold(requester=manager), hold(tenant=other_tenant)
    ids = [str(one) for one in (good.id, own.id, foreign.id, new_id())]
    answer = chief.post(f"{TASKS}bulk/", {"decision": "continue", "tasks": ids}, format="json")
    results = answer.json()["results"]
    assert [row["id"] for row in results] == ids
    assert [row["code"] for row in results] == ["", "four_eyes", "not_found", "not_found"]
    assert results[0]["state"] == "FINISHED_SUCCESSFULLY"


def test_a_list_holds_what_is_in_reach_and_pages_through_it(chief, asker, hold, other_tenant, tenant_admin):
    mine, other = hold(), hold(requester=tenant_admin, title="Another")
    hold(tenant=other_tenant)
    assert ids_of(chief.get(TASKS)) == [str(other.id), str(mine.id)]
    assert ids_of(asker.get(TASKS)) == [str(mine.id)]
    first = chief.get(f"{TASKS}?page_size=1")
    assert ids_of(first) == [str(other.id)]
    assert ids_of(chief.get(first.json()["next"])) == [str(mine.id)]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("state=QUEUEING", 1),
        ("state=QUEUEING&state=CANCELLED", 2),
        ("type=DEPLOY", 0),
        ("q=memory", 2),
        ("q=nothing", 0),
        ("since=2090-01-01T00:00:00Z", 0),
        ("is_due=true", 0),
    ],
)
def test_a_list_is_narrowed(chief, hold, query, count):
    hold()
    hold(state="CANCELLED")
    assert len(ids_of(chief.get(f"{TASKS}?{query}"))) == count


def test_a_connector_decides_and_what_it_says_is_marked(api, hold, connector, platform_admin):
    scopes = ["workflow_override"]
    secret = tokens.create(Actor.of_user(platform_admin), name="wkf", scopes=scopes, user=connector)[1]
    client = APIClient(headers={"Authorization": f"Bearer {secret}"})
    task = hold()
    answer = client.post(at(task, "continue/"))
    assert answer.status_code == 200, answer.content
    assert Answer.objects.get().way == "connector"


def test_a_token_made_for_reading_decides_nothing(tenant_admin, hold):
    secret = tokens.create(Actor.of_user(tenant_admin), name="look", scopes=["view"])[1]
    client = APIClient(headers={"Authorization": f"Bearer {secret}"})
    answer = client.post(at(hold(), "cancel/"))
    assert (answer.status_code, answer.json()["code"]) == (403, "not_asked")
    assert Task.objects.get().state == "QUEUEING"


@pytest.mark.parametrize("what", ["", "continue/", "cancel/", "comments/", "reassign/", "acknowledge/"])
def test_foreign_and_unknown_ids_look_the_same(chief, hold, other_tenant, what):
    def told(task: Any) -> Any:
        answer = chief.post(at(task, what)) if what else chief.get(at(task))
        body = json.loads(answer.content)
        body.pop("request_id", None)
        return answer.status_code, body

    foreign, unknown = told(hold(tenant=other_tenant)), told(Task(id=new_id()))
    assert foreign == unknown
    assert foreign[0] == 404


def test_who_is_asked_finds_it_and_learns_in_whose_place(api, viewer, tenant, hold):
    ann = make_user("ann@acme.example", Role.viewer, tenant)
    task, _ = held(tenant, asks(ann)), hold()
    away(ann, viewer)
    found = api(viewer).get(TASKS, {"is_asked": "true"})
    assert ids_of(found) == [str(task.id)]
    assert found.json()["results"][0]["blocks"] == "ann"
    assert api(viewer).get(at(task)).json()["on_behalf_of"] == ann.pk
    assert len(ids_of(api(viewer).get(TASKS, {"is_asked": "false"}))) == 1
