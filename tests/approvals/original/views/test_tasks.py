"""Reading and deciding tasks by the original's paths."""

from uuid import uuid4

import pytest

from accounts.models import AuditEntry, User
from approvals.models import Answer, Task
from inventory.models import Server
from tests.approvals.original.conftest import MakeTask
from tests.approvals.original.people import TASK, Caller, of

pytestmark = pytest.mark.both_databases


def test_the_last_twenty_tasks_of_a_machine_come_newest_first(
    connector: User, task_of: MakeTask, machine: Server
):
    made = [task_of(state="FINISHED_SUCCESSFULLY") for _ in range(22)]
    answer = of(connector).get(TASK, Accept="application/vnd.abiquo.tasks+json; version=3.10")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/vnd.abiquo.tasks+json; version=3.10"
    assert [one["taskId"] for one in answer.json()["collection"]] == [str(one.id) for one in made[:1:-1]]


def test_one_task_has_absolute_links(connector: User, recorded: Task):
    told = of(connector).get(f"{TASK}/{recorded.id}").json()
    links = {link["rel"]: link["href"] for link in told["links"]}
    assert links["continue"] == f"http://127.0.0.1:8000{TASK}/{recorded.id}/action/continue"


@pytest.mark.parametrize(
    ("body", "kind", "message"),
    [
        (b"", "", ""),
        (b"accepted", "text/plain", "accepted"),
        (b"continue please", "", "continue please"),
        (b"{}", "application/json", ""),
        (b"{}", "", ""),
        (b"{}", "*/*; version=6.1;", ""),
        (b"null", "application/json", ""),
        (b'"ok"', "application/json", "ok"),
        (b"name=value&x", "application/x-www-form-urlencoded", "name=value&x"),
        ("Grüße".encode(), "text/plain; charset=utf-8", "Grüße"),
        (b"a\xff\x00b", "text/plain", "a\ufffd\ufffdb"),
        (b"<task/>", "application/xml", "<task/>"),
        (b"[" * 90, "", "[" * 90),
    ],
)
def test_any_body_continues_and_is_the_message(
    connector: User, recorded: Task, body: bytes, kind: str, message: str
):
    answer = of(connector).post(f"{TASK}/{recorded.id}/action/continue", body, kind)
    assert (answer.status_code, answer.content) == (204, b"")
    recorded.refresh_from_db()
    assert recorded.state != "QUEUEING"
    assert recorded.extra_data.get("workflow", "") == message


def test_cancelling_leaves_it_cancelled_and_says_who(connector: User, recorded: Task):
    answer = of(connector).post(f"{TASK}/{recorded.id}/action/cancel", b"cancelled", "text/plain")
    assert answer.status_code == 204
    recorded.refresh_from_db()
    assert (recorded.state, recorded.extra_data) == ("CANCELLED", {"workflow": "cancelled"})
    assert Answer.objects.get().way == Answer.Way.CONNECTOR
    assert AuditEntry.objects.filter(target="task", verb="cancelled").exists()


def test_users_cancel_their_own_and_do_not_continue_them(requester: User, recorded: Task):
    own = of(requester)
    refused = own.post(f"{TASK}/{recorded.id}/action/continue")
    assert refused.status_code == 403
    assert own.post(f"{TASK}/{recorded.id}/action/cancel").status_code == 204


def test_what_is_decided_is_a_conflict_with_the_original_code(connector: User, task_of: MakeTask):
    task = task_of(state="CANCELLED")
    answer = of(connector).post(f"{TASK}/{task.id}/action/continue")
    assert answer.status_code == 409
    assert answer["Content-Type"].startswith("application/vnd.abiquo.error+json")
    assert answer.json()["collection"][0]["code"] == "TASK-2"


def test_failed_tasks_are_acknowledged(connector: User, task_of: MakeTask):
    task = task_of(state="FINISHED_UNSUCCESSFULLY")
    assert of(connector).post(f"{TASK}/{task.id}/action/ack").status_code == 204
    task.refresh_from_db()
    assert task.state == "ACK_ERROR"


def test_unknown_foreign_and_misplaced_tasks_look_the_same(
    connector: User, outsider_admin: User, recorded: Task, machine: Server
):
    elsewhere = TASK.replace("1369", "1370")
    other_group = TASK.replace("virtualappliances/4328", "virtualappliances/1")
    answers = [
        of(connector).get(f"{TASK}/{uuid4()}"),
        of(connector).get(f"{TASK}/nonsense"),
        of(connector).get(f"{elsewhere}/{recorded.id}"),
        of(connector).get(f"{other_group}/{recorded.id}"),
        of(outsider_admin).get(f"{TASK}/{recorded.id}"),
        of(outsider_admin).post(f"{TASK}/{recorded.id}/action/continue"),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert answers[0].json()["collection"][0] == {
        "code": "TASK-1",
        "message": "The requested task does not exist",
        "links": [],
    }
    recorded.refresh_from_db()
    assert recorded.state == "QUEUEING"


def test_errors_come_as_xml_for_who_asks_for_xml(connector: User, machine: Server):
    answer = of(connector).get(f"{TASK}/{uuid4()}", Accept="application/vnd.abiquo.task+xml")
    assert answer["Content-Type"].startswith("application/vnd.abiquo.error+xml")
    assert b"<errors><error><code>TASK-1</code>" in answer.content


def test_a_type_that_is_not_here_is_not_acceptable(connector: User, recorded: Task):
    answer = of(connector).get(f"{TASK}/{recorded.id}", Accept="application/vnd.abiquo.user+json")
    assert answer.status_code == 406


def test_other_methods_are_told_apart(connector: User, recorded: Task):
    assert of(connector).get(f"{TASK}/{recorded.id}/action/continue").status_code == 405


def test_strangers_are_asked_for_a_name(recorded: Task):
    answer = Caller(None).get(f"{TASK}/{recorded.id}")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Basic realm="hookflow"'


def test_a_body_past_the_limit_is_refused_and_decides_nothing(connector: User, recorded: Task):
    answer = of(connector).post(f"{TASK}/{recorded.id}/action/continue", b"x" * 300_000, "text/plain")
    assert answer.status_code == 413
    recorded.refresh_from_db()
    assert recorded.state == "QUEUEING"


@pytest.mark.parametrize("name", ["recorded", "4328"])
def test_slug_and_id_name_the_same(connector: User, recorded: Task, name: str):
    path = TASK.replace("virtualdatacenters/4328", f"virtualdatacenters/{name}")
    assert of(connector).get(f"{path}/{recorded.id}").status_code == 200
