"""The list of flows."""

from collections.abc import Callable

from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.models import User
from flows.models import Flow
from tests.flows.pages.conftest import House, furnished, published

Browser = Callable[[User], Client]


def test_search_finds_names_and_event_types(
    as_user: Browser, flow_editor: User, house: House, tenant_admin: User
) -> None:
    published(tenant_admin, "Another")
    browser = as_user(flow_editor)
    assert "Another" not in browser.get("/flows/?q=welc").content.decode()
    assert "Another" in browser.get("/flows/?q=server.created").content.decode()
    assert "No flow matches" in browser.get("/flows/?q=nothing").content.decode()


def test_state_filter_tells_on_from_off(as_user: Browser, flow_editor: User, house: House) -> None:
    browser = as_user(flow_editor)
    assert "Welcome" in browser.get("/flows/?state=on").content.decode()
    assert "Welcome" not in browser.get("/flows/?state=off").content.decode()
    assert "Welcome" not in browser.get("/flows/?state=unpublished").content.decode()


def test_unpublished_changes_are_marked(as_user: Browser, flow_editor: User, house: House) -> None:
    Flow.objects.filter(id=house.flow.id).update(draft={**house.flow.draft, "description": "Changed"})
    browser = as_user(flow_editor)
    assert "Unpublished changes" in browser.get("/flows/").content.decode()
    assert "Welcome" in browser.get("/flows/?state=unpublished").content.decode()


def test_first_page_teaches_when_there_is_no_flow(as_user: Browser, flow_editor: User) -> None:
    assert "A flow turns an event into work" in as_user(flow_editor).get("/flows/").content.decode()


def test_switch_answers_with_the_row(as_user: Browser, flow_editor: User, house: House) -> None:
    browser = as_user(flow_editor)
    url = f"/flows/{house.flow.id}/switch/"
    row = browser.post(url, {"on": "0"}, headers={"HX-Request": "true"}).content.decode()
    assert row.lstrip().startswith(f'<tr id="flow-{house.flow.id}"')
    assert 'aria-checked="false"' in row
    house.flow.refresh_from_db()
    assert not house.flow.is_enabled


def test_switch_works_without_scripts(as_user: Browser, flow_editor: User, house: House) -> None:
    page = as_user(flow_editor).post(f"/flows/{house.flow.id}/switch/", {"on": "0"}, follow=True)
    assert "“Welcome” is off." in page.content.decode()


def test_switching_on_what_is_not_published_says_why(
    as_user: Browser, flow_editor: User, house: House
) -> None:
    browser = as_user(flow_editor)
    browser.post(f"/flows/{house.flow.id}/duplicate/")
    copy = Flow.objects.get(name="Welcome (copy)")
    answer = browser.post(f"/flows/{copy.id}/switch/", {"on": "1"}, headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert "Publish%20it%20first" in answer.headers["X-Problem"]


def test_deleted_flows_leave_the_list_and_their_runs_stay(
    as_user: Browser, flow_editor: User, house: House
) -> None:
    browser = as_user(flow_editor)
    page = browser.post(f"/flows/{house.flow.id}/delete/", follow=True).content.decode()
    assert "Deleted “Welcome”" in page
    assert f"/flows/{house.flow.id}/" not in page
    assert browser.get(f"/runs/{house.run.id}/").status_code == 200


def test_queries_do_not_grow_with_the_flows(
    as_user: Browser,
    flow_editor: User,
    tenant_admin: User,
    house: House,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    browser = as_user(flow_editor)
    browser.get("/flows/")
    with django_assert_num_queries(7):
        browser.get("/flows/")
    for number in range(5):
        furnished(published(tenant_admin, f"More {number}"))
    with django_assert_num_queries(7):
        browser.get("/flows/")
