"""Lists of tasks that wait."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Tenant, User
from accounts.roles import Role
from approvals.models import Task
from inventory.models import Server
from tests.approvals.original.conftest import RECORDED_AT, MakeTask
from tests.approvals.original.people import of
from tests.conftest import make_user

pytestmark = pytest.mark.both_databases

ALL = "/api/admin/enterprises/4328/action/pendingtasks"
OWN = "/api/admin/enterprises/4328/users/4395/action/pendingtasks"
Make = Callable[[int], list[Task]]


@pytest.fixture
def waiting(task_of: MakeTask, machine: Server, requester: User) -> Make:
    """`waiting(n)`: so many tasks, the oldest first, each on a server of its own."""

    def make(count: int) -> list[Task]:
        made = []
        for number in range(count):
            server = Server.objects.create(
                vmid=200 + number, tenant=machine.tenant, user=requester, hostname=f"web{number}.example.org"
            )
            made.append(task_of(server=server, created_at=RECORDED_AT + timedelta(minutes=number)))
        return made

    return make


def ids(answer) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [one["taskId"] for one in answer.json()["collection"]]


def test_newest_come_first_twenty_five_at_a_time(connector: User, waiting: Make):
    made = [str(task.id) for task in waiting(27)][::-1]
    answer = of(connector).get(ALL)
    assert ids(answer) == made[:25]
    assert answer.json()["totalSize"] == 27
    assert ids(of(connector).get(f"{ALL}?startwith=25")) == made[25:]
    assert ids(of(connector).get(f"{ALL}?limit=0")) == made
    assert ids(of(connector).get(f"{ALL}?limit=2&startwith=1")) == made[1:3]


def test_its_links_are_self_and_parent(connector: User, waiting: Make):
    waiting(1)
    links = of(connector).get(ALL).json()["links"]
    assert [link["rel"] for link in links] == ["self", "parent"]
    assert links[1]["href"] == "http://127.0.0.1:8000/api/admin/enterprises/4328"


def test_nothing_found_is_zero_without_links(connector: User, machine: Server):
    answer = of(connector).get(f"{ALL}?has=nobody")
    assert answer.json() == {"totalSize": 0, "links": [], "collection": []}


def test_a_text_finds_the_user(connector: User, waiting: Make, task_of: MakeTask, enterprise: Tenant):
    other = make_user("somebody@example.org", Role.customer, enterprise)
    waiting(2)
    server = Server.objects.create(vmid=300, tenant=enterprise, user=other, hostname="other.example.org")
    theirs = task_of(server=server, requester=other)
    assert ids(of(connector).get(f"{ALL}?has=somebody")) == [str(theirs.id)]
    assert of(connector).get(f"{ALL}?has=2493").json()["totalSize"] == 2


def test_it_can_be_ordered(connector: User, waiting: Make):
    made = [str(task.id) for task in waiting(3)]
    assert ids(of(connector).get(f"{ALL}?by=creationTimestamp")) == made
    assert ids(of(connector).get(f"{ALL}?by=creationTimestamp&asc=false")) == made[::-1]


@pytest.mark.parametrize(
    "query", ["limit=-1", "limit=x", "startwith=1e9", "by=password", "startwith=99999999999"]
)
def test_odd_queries_are_refused(connector: User, machine: Server, query: str):
    answer = of(connector).get(f"{ALL}?{query}")
    assert answer.status_code == 400
    assert answer.json()["collection"][0]["code"] == "invalid"


@pytest.mark.parametrize(
    "path",
    [
        "/api/admin/enterprises/4328/action/pendingTasks",
        "/api/admin/enterprises/_/action/pendingtasks",
        "/api/admin/enterprises/4328/user/4395/action/pendingtasks",
        "/api/admin/enterprises/4328/users/4395/action/pendingTasks",
        "/api/admin/enterprises/_/users/4395/action/pendingtasks",
    ],
)
def test_all_spellings_are_there(connector: User, waiting: Make, path: str):
    made = waiting(1)
    assert ids(of(connector).get(path)) == [str(made[0].id)]


def test_users_see_their_own(requester: User, enterprise: Tenant, waiting: Make):
    made = waiting(1)
    assert ids(of(requester).get(OWN)) == [str(made[0].id)]
    assert of(requester).get(ALL).status_code == 403


def test_nobody_sees_a_neighbours(enterprise: Tenant, waiting: Make, outsider_admin: User, connector: User):
    waiting(1)
    neighbour = make_user("n@example.org", Role.customer, enterprise)
    for caller in (neighbour, outsider_admin):
        foreign, unknown = of(caller).get(OWN), of(caller).get(OWN.replace("4395", "999999"))
        assert (
            (foreign.status_code, foreign.content)
            == (unknown.status_code, unknown.content)
            == (404, foreign.content)
        )
    foreign = of(connector).get(f"/api/admin/enterprises/{outsider_admin.tenant_id}/action/pendingtasks")
    unknown = of(connector).get("/api/admin/enterprises/999999/action/pendingtasks")
    assert (foreign.status_code, foreign.content) == (unknown.status_code, unknown.content)
    assert foreign.status_code == 404


def test_reviews_of_flows_are_not_in_it(connector: User, waiting: Make, enterprise: Tenant):
    waiting(1)
    Task.objects.create(
        tenant=enterprise, type="REVIEW", state="QUEUEING", created_at=RECORDED_AT, changed_at=RECORDED_AT
    )
    assert of(connector).get(ALL).json()["totalSize"] == 1


def test_it_comes_as_xml(connector: User, waiting: Make):
    waiting(2)
    answer = of(connector).get(ALL, Accept="application/vnd.abiquo.tasks+xml; version=2.6")
    assert answer["Content-Type"] == "application/vnd.abiquo.tasks+xml; version=2.6"
    assert answer.content.count(b"<task>") == 2
    assert b"<totalSize>2</totalSize>" in answer.content


def test_more_tasks_cost_no_more_queries(connector: User, waiting: Make):
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            of(connector).get(ALL)
        return len(seen)

    waiting(1)
    few = queries()
    for task in Task.objects.all():
        task.delete()
    Server.objects.filter(vmid__gte=200).delete()
    waiting(10)
    assert queries() <= few
