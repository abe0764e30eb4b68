"""Runs: the list, its filters, the page of one, what may be done."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.actors import Actor
from accounts.models import User
from accounts.services.filters import narrowed
from flows.models import Run
from flows.services.filters import RunPageFilter
from flows.services.run_reading import listed
from tests.flows.pages.conftest import House, furnished, published

Browser = Callable[[User], Client]


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("", True),
        ("status=failed", True),
        ("status=succeeded", False),
        ("status=nonsense", True),
        ("event_type=server.created", True),
        ("event_type=server.stop", False),
        ("range=1h", True),
        ("until=2020-01-01T00:00:00Z", False),
        ("since=nonsense", True),
        ("q=broke", True),
        ("q=welcome", True),
        ("q=nothing", False),
        ("flow=nonsense", True),
        ("flow=00000000-0000-7000-8000-000000000000", False),
        ("before=nonsense", True),
    ],
)
def test_filters(as_user: Browser, viewer: User, house: House, query: str, is_found: bool) -> None:
    page = as_user(viewer).get(f"/runs/?{query}").content.decode()
    assert (f"/runs/{house.run.id}/" in page) is is_found


def test_a_run_is_found_by_its_id_and_by_its_events(as_user: Browser, viewer: User, house: House) -> None:
    for wanted in (house.run.id, house.event.id):
        assert f"/runs/{house.run.id}/" in as_user(viewer).get(f"/runs/?q={wanted}").content.decode()


def test_slices_meet_without_gap_or_repeat(as_user: Browser, viewer: User, house: House) -> None:
    run = house.run
    Run.objects.bulk_create(
        Run(
            flow_id=run.flow_id,
            version_id=run.version_id,
            tenant_id=run.tenant_id,
            event_id=run.event_id,
            created_at=run.created_at,
        )
        for _ in range(120)
    )
    browser = as_user(viewer)
    seen: list[str] = []
    query = ""
    while True:
        context = browser.get(f"/runs/{query}").context
        seen += [str(row.id) for row in context["runs"]]
        if not context["slice"].older:
            break
        query = f"?before={context['slice'].older}"
    assert seen == [str(pk) for pk in Run.objects.order_by("-id").values_list("id", flat=True)]
    newer = browser.get(f"/runs/?after={seen[-1]}").context
    assert [str(row.id) for row in newer["runs"]] == seen[-51:-1]


def test_queries_of_the_list_do_not_grow(
    as_user: Browser, viewer: User, house: House, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    browser = as_user(viewer)
    browser.get("/runs/")
    with django_assert_num_queries(9):
        browser.get("/runs/")
    for _ in range(5):
        furnished(house.flow)
    with django_assert_num_queries(9):
        browser.get("/runs/")


def test_page_shows_steps_log_and_error_without_scripts(as_user: Browser, viewer: User, house: House) -> None:
    page = as_user(viewer).get(f"/runs/{house.run.id}/").content.decode()
    for text in ("It broke.", "Big?", "compared", 'id="run-view"', f'data-run-id="{house.run.id}"'):
        assert text in page


def test_queries_of_the_page_are_few(
    as_user: Browser, viewer: User, house: House, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    browser = as_user(viewer)
    browser.get(f"/runs/{house.run.id}/")
    with django_assert_num_queries(10):
        browser.get(f"/runs/{house.run.id}/")


def test_finished_runs_do_not_refresh_themselves(as_user: Browser, viewer: User, house: House) -> None:
    waiting = furnished(house.flow, "waiting")
    browser = as_user(viewer)
    assert "every 2s" not in browser.get(f"/runs/{house.run.id}/").content.decode()
    assert "every 2s" in browser.get(f"/runs/{waiting.run.id}/").content.decode()


def test_cancel_stops_a_waiting_run(as_user: Browser, flow_editor: User, house: House) -> None:
    waiting = furnished(house.flow, "waiting")
    page = as_user(flow_editor).post(f"/runs/{waiting.run.id}/cancel/", follow=True).content.decode()
    assert "is being cancelled" in page
    waiting.run.refresh_from_db()
    assert waiting.run.status == "cancelled"


def test_cancelling_a_finished_run_says_why_not(as_user: Browser, flow_editor: User, house: House) -> None:
    page = as_user(flow_editor).post(f"/runs/{house.run.id}/cancel/", follow=True).content.decode()
    assert "failed already" in page


@pytest.mark.parametrize("version", ["same", "newest"])
def test_run_again_opens_the_new_run(as_user: Browser, flow_editor: User, house: House, version: str) -> None:
    answer = as_user(flow_editor).post(f"/runs/{house.run.id}/retry/", {"version": version})
    again = Run.objects.get(retried_from=house.run)
    assert answer.headers["Location"] == f"/runs/{again.id}/"
    assert again.status == "queued"


def test_resume_needs_a_place_to_go_on_from(as_user: Browser, flow_editor: User, house: House) -> None:
    page = as_user(flow_editor).post(f"/runs/{house.run.id}/resume/", follow=True).content.decode()
    assert "can go on from it" in page
    assert "Resume at the failed step" not in page


def test_interrupted_steps_ask_for_a_decision(as_user: Browser, flow_editor: User, house: House) -> None:
    waiting = furnished(house.flow, "waiting")
    waiting.run.steps.update(status="interrupted")
    browser = as_user(flow_editor)
    assert "was interrupted" in browser.get(f"/runs/{waiting.run.id}/").content.decode()
    assert browser.post(f"/runs/{waiting.run.id}/decide/", {"decision": "explode"}).status_code == 400


def test_flow_tab_shows_only_its_own_runs(
    as_user: Browser, viewer: User, tenant_admin: User, house: House
) -> None:
    other = furnished(published(tenant_admin, "Other"))
    page = as_user(viewer).get(f"/flows/{house.flow.id}/runs/").content.decode()
    assert f"/runs/{house.run.id}/" in page
    assert f"/runs/{other.run.id}/" not in page


def test_overview_counts_and_names_what_fails(as_user: Browser, viewer: User, house: House) -> None:
    page = as_user(viewer).get("/")
    assert page.context["totals"]["failed"] == 1
    assert [row["flow_name"] for row in page.context["failing"]] == ["Welcome"]


def test_queries_of_the_overview_do_not_grow(
    as_user: Browser, viewer: User, house: House, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    browser = as_user(viewer)
    browser.get("/")
    with django_assert_num_queries(8):
        browser.get("/")
    for _ in range(5):
        furnished(house.flow)
    with django_assert_num_queries(8):
        browser.get("/")


@pytest.mark.parametrize("query", ["", "status=failed", "event_type=server.created", "range=1h", "q=welcome"])
def test_the_newest_runs_of_many_come_off_an_index(
    viewer: User, platform_admin: User, house: House, query: str
) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("The plan is SQLite's.")
    run = house.run
    rows = {"version_id": run.version_id, "event_id": run.event_id, "created_at": run.created_at}
    Run.objects.bulk_create(
        Run(flow_id=run.flow_id, tenant_id=run.tenant_id, subject="web", **rows) for _ in range(3_000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    for person in (viewer, platform_admin):
        found = narrowed(RunPageFilter, listed(Actor.of_user(person)), QueryDict(query))
        assert "TEMP B-TREE FOR ORDER BY" not in found.order_by("-id")[:51].explain(), person.name
