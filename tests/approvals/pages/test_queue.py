"""The queue page: what is listed, in which order, and many decisions at once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Tenant, User
from accounts.roles import Role
from accounts.services import slices
from approvals.models import Answer, Task
from approvals.services import queue
from tests.approvals.services.test_asking import asks, away, held
from tests.conftest import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def mia(client: Client, manager: User) -> Client:
    client.force_login(manager)
    return client


def listed(client: Client, query: str = "") -> list[str]:
    return [row.task.title for row in client.get(f"/reviews/{query}").context["rows"]]


def test_it_lists_what_waits_newest_first(mia: Client, hold: Any):
    now = datetime.now(UTC)
    for number in range(3):
        hold(title=f"T{number}", created_at=now + timedelta(seconds=number))
    hold(title="Over", state="CANCELLED", decided_at=now)
    assert listed(mia) == ["T2", "T1", "T0"]
    assert listed(mia, "?sort=oldest") == ["T0", "T1", "T2"]
    assert listed(mia, "?state=over") == ["Over"]


def test_by_due_only_what_has_a_deadline_is_listed(mia: Client, hold: Any):
    now = datetime.now(UTC)
    hold(title="Later", due_at=now + timedelta(hours=2))
    hold(title="Soon", due_at=now + timedelta(hours=1))
    hold(title="Never")
    assert listed(mia, "?sort=due") == ["Soon", "Later"]


def test_pages_go_on_and_back_without_gap_or_repeat(mia: Client, hold: Any, monkeypatch: Any):
    monkeypatch.setattr(queue, "PAGE_SIZE", 2)
    now = datetime.now(UTC)
    # Two of them in the same moment: the id decides.
    for number in range(5):
        hold(title=f"T{number}", created_at=now + timedelta(seconds=number // 2))
    for sort in queue.SORTS:
        seen: list[str] = []
        first = mia.get("/reviews/", {"sort": sort}).context
        here = first
        while True:
            seen += [row.task.title for row in here["rows"]]
            if not here["slice"].older:
                break
            here = mia.get("/reviews/", {"sort": sort, "before": here["slice"].older}).context
        assert sorted(seen) == ([] if sort == "due" else ["T0", "T1", "T2", "T3", "T4"])
        if sort != "due":
            back = mia.get("/reviews/", {"sort": sort, "after": here["slice"].newer}).context
            assert [row.task.title for row in back["rows"]] == seen[2:4]


def test_a_place_that_is_nonsense_is_the_beginning(mia: Client, hold: Any):
    hold(title="T")
    for place in ("x", "2026~x", "9999-99-99~0", "2026-01-01T00:00:00+00:00~zz"):
        assert listed(mia, f"?before={place}") == ["T"]


def test_it_is_searched_and_filtered(mia: Client, hold: Any):
    hold(title="Deploy db-1", type="DEPLOY")
    hold(title="More memory")
    assert listed(mia, "?q=db-1") == ["Deploy db-1"]
    assert listed(mia, "?type=REVIEW") == ["More memory"]


def test_it_counts_no_further_than_it_tells(mia: Client, hold: Any, monkeypatch: Any):
    for _ in range(3):
        hold()
    monkeypatch.setattr(queue.counted, "__defaults__", (2,))
    assert mia.get("/reviews/").context["count"] == "2+"


def test_tasks_of_others_tenants_are_not_listed(mia: Client, hold: Any, other_tenant: Tenant):
    hold(tenant=other_tenant)
    assert listed(mia) == []


def test_many_are_decided_at_once_with_a_message(mia: Client, hold: Any):
    tasks = [hold(), hold()]
    over = hold(state="CANCELLED", decided_at=datetime.now(UTC), decided_by="Max")
    body = {"task": [str(task.id) for task in (*tasks, over)], "answer": "continue", "message": "Go"}
    answer = mia.post("/reviews/decide/", body, follow=True)
    assert "2 tasks are continued." in answer.content.decode()
    assert "Max cancelled the task" in answer.content.decode()
    assert Answer.objects.filter(message="Go", way="page").count() == 2


def test_the_list_comes_back_as_it_was_filtered(mia: Client, hold: Any):
    body = {"task": [str(hold().id)], "answer": "cancel", "query": "q=mem&sort=oldest"}
    assert mia.post("/reviews/decide/", body)["Location"] == "/reviews/?q=mem&sort=oldest"


def test_a_viewer_decides_nothing(client: Client, viewer: User, hold: Any):
    client.force_login(viewer)
    task = hold()
    assert b'name="task"' not in client.get("/reviews/").content
    client.post("/reviews/decide/", {"task": [str(task.id)], "answer": "continue"})
    task.refresh_from_db()
    assert task.state == Task.State.QUEUEING


def test_customers_see_their_own_and_take_them_back(client: Client, customer: User, hold: Any):
    client.force_login(customer)
    own, foreign = hold(title="Mine"), hold(title="Theirs", requester=None)
    rows = client.get("/reviews/own/").context["rows"]
    assert [row.task.title for row in rows] == ["Mine"]
    for task in (own, foreign):
        client.post("/reviews/decide/", {"task": [str(task.id)], "answer": "cancel", "from": "own"})
        task.refresh_from_db()
    assert (own.state, foreign.state) == (Task.State.CANCELLED, Task.State.QUEUEING)


def test_the_navigation_counts_what_waits_for_whoever_looks(mia: Client, hold: Any, monkeypatch: Any):
    assert b"data-nav-badge hidden" in mia.get("/reviews/").content
    hold()
    assert b"data-nav-count>1<" in mia.get("/reviews/").content
    monkeypatch.setattr(queue, "MOST_ON_BADGE", 1)
    hold()
    assert b"data-nav-count>1+<" in mia.get("/reviews/").content


def test_one_page_asks_a_bounded_number_of_questions(
    mia: Client, hold: Any, django_assert_max_num_queries: Any
):
    for _ in range(slices.PAGE_SIZE):
        hold()
    with django_assert_max_num_queries(14):
        mia.get("/reviews/")


def test_who_decides_only_what_is_asked_begins_with_that(
    client: Client, viewer: User, tenant: Tenant, hold: Any
):
    task = held(tenant, asks(viewer), title="Yours")
    hold(title="Another's")
    client.force_login(viewer)
    assert listed(client) == ["Yours"]
    assert sorted(listed(client, "?state=waiting")) == ["Another's", "Yours"]
    page = client.get("/reviews/").content.decode()
    assert "data-nav-count>1<" in page
    client.post("/reviews/decide/", {"task": [str(task.id)], "answer": "continue"})
    assert listed(client) == []


def test_a_delegate_sees_for_whom_and_decides_many_in_that_place(
    client: Client, viewer: User, tenant: Tenant
):
    ann = make_user("ann@acme.example", Role.viewer, tenant)
    task = held(tenant, asks(ann))
    away(ann, viewer)
    client.force_login(viewer)
    assert "For ann, who is away" in client.get("/reviews/").content.decode()
    client.post("/reviews/decide/", {"task": [str(task.id)], "answer": "continue"})
    assert Answer.objects.get(task=task).on_behalf_of == ann
