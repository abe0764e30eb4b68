"""Resume all failed: how many first, then once each, and nothing that was not counted."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.actors import Actor
from accounts.models import AuditEntry, User
from flows.models import QueueEntry, Run
from flows.services import resume_failed as service
from flows.services.flows import delete_flow
from flows.services.runs import retry_run
from tests.flows.pages.conftest import House, furnished, published

Browser = Callable[[User], Client]
PAGE = "/runs/resume-failed/"
STANDS_AT = {"pending": ["f"], "seq": 3}


def fail(*runs: Run) -> None:
    Run.objects.filter(id__in=[run.id for run in runs]).update(
        status="failed", last_cursor=STANDS_AT, finished_at=datetime.now(UTC)
    )


@pytest.fixture
def failed(house: House) -> list[Run]:
    """Three failed runs of one flow."""
    runs = [house.run, furnished(house.flow).run, furnished(house.flow).run]
    fail(*runs)
    return runs


def confirm(browser: Client, query: str = "") -> str:
    """Look at the page, then press its button."""
    newest = browser.get(f"{PAGE}{query}").context["newest"]
    return browser.post(f"{PAGE}{query}", {"newest": newest or ""}, follow=True).content.decode()


def test_the_page_says_how_many_and_of_which_flow(
    as_user: Browser, flow_editor: User, failed: list[Run]
) -> None:
    page = as_user(flow_editor).get(PAGE)
    assert (page.context["total"], page.context["flows"]) == (3, [("Welcome", 3)])
    assert "Resume 3 runs" in page.content.decode()
    assert Run.objects.count() == 3


def test_each_is_resumed_once_however_often_it_is_pressed(
    as_user: Browser, flow_editor: User, failed: list[Run]
) -> None:
    browser = as_user(flow_editor)
    newest = browser.get(PAGE).context["newest"]
    for _ in range(3):
        browser.post(PAGE, {"newest": newest})
    again = Run.objects.filter(is_resumed=True)
    assert {run.retried_from_id for run in again} == {run.id for run in failed}
    assert again.count() == 3
    assert AuditEntry.objects.filter(verb="resumed").count() == 3


def test_what_failed_after_the_count_is_left(as_user: Browser, flow_editor: User, failed: list[Run]) -> None:
    browser = as_user(flow_editor)
    newest = browser.get(PAGE).context["newest"]
    browser.post(PAGE, {"newest": newest})
    fail(*Run.objects.filter(is_resumed=True))
    browser.post(PAGE, {"newest": newest})
    assert Run.objects.filter(is_resumed=True).count() == 3
    assert browser.get(PAGE).context["total"] == 3


def test_what_was_repeated_has_no_place_or_no_flow_is_left(
    as_user: Browser, tenant_admin: User, failed: list[Run]
) -> None:
    actor = Actor.of_user(tenant_admin)
    retry_run(actor=actor, run=failed[0])
    Run.objects.filter(id=failed[1].id).update(last_cursor=None)
    gone = furnished(published(tenant_admin, "Gone"))
    fail(gone.run)
    delete_flow(actor=actor, flow=gone.flow)
    assert as_user(tenant_admin).get(PAGE).context["total"] == 1


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ("?status=succeeded", 3),
        ("?q=nothing", 0),
        ("?event_type=server.created", 3),
        ("?event_type=server.stop", 0),
        ("?range=1h", 3),
        ("?until=2020-01-01T00:00:00Z", 0),
        ("?flow=00000000-0000-7000-8000-000000000000", 0),
        ("?flow=nonsense&since=nonsense", 3),
    ],
)
def test_the_filters_of_the_list_hold(
    as_user: Browser, flow_editor: User, failed: list[Run], query: str, total: int
) -> None:
    browser = as_user(flow_editor)
    assert browser.get(f"{PAGE}{query}").context["total"] == total
    confirm(browser, query)
    assert Run.objects.filter(is_resumed=True).count() == total


def test_a_call_is_bounded_and_says_that_there_is_more(
    as_user: Browser, flow_editor: User, failed: list[Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_RESUMED", 2)
    browser = as_user(flow_editor)
    page = confirm(browser)
    assert "Resumed 2 runs." in page
    assert "There are more" in page
    assert set(Run.objects.filter(is_resumed=True).values_list("retried_from", flat=True)) == {
        failed[0].id,
        failed[1].id,
    }
    assert "Resumed 1 run." in confirm(browser)


def test_a_flow_without_room_is_named_and_the_others_go_on(
    as_user: Browser, tenant_admin: User, failed: list[Run]
) -> None:
    flow = failed[0].flow
    flow.trigger.concurrency = {"mode": "single"}
    flow.trigger.save()
    other = furnished(published(tenant_admin, "Other"))
    fail(other.run)
    page = confirm(as_user(tenant_admin))
    assert "Resumed 2 runs." in page
    assert "2 left as they are: Another run of this flow is still open" in page
    assert QueueEntry.objects.filter(flow_id=flow.id).count() == 1


def test_only_what_is_in_reach_and_only_with_the_right(
    as_user: Browser, outsider_admin: User, viewer: User, failed: list[Run]
) -> None:
    assert as_user(outsider_admin).get(PAGE).context["total"] == 0
    confirm(as_user(outsider_admin))
    assert as_user(viewer).post(PAGE, {"newest": failed[2].id}).status_code == 403
    assert not Run.objects.filter(is_resumed=True).exists()


@pytest.mark.parametrize("newest", ["", "nonsense", "\x00"])
def test_without_a_count_nothing_happens(
    as_user: Browser, flow_editor: User, failed: list[Run], newest: str
) -> None:
    assert as_user(flow_editor).post(PAGE, {"newest": newest}).status_code == 302
    assert not Run.objects.filter(is_resumed=True).exists()


def test_the_lists_offer_it_to_whom_it_is_allowed(
    as_user: Browser, flow_editor: User, viewer: User, failed: list[Run]
) -> None:
    for address in ("/runs/?q=welcome", f"/flows/{failed[0].flow_id}/runs/"):
        assert PAGE in as_user(flow_editor).get(address).content.decode()
        assert PAGE not in as_user(viewer).get(address).content.decode()
    page = as_user(flow_editor).get(f"/flows/{failed[0].flow_id}/runs/").content.decode()
    assert f"{PAGE}?flow={failed[0].flow_id}" in page


def test_the_api_does_the_same(flow_editor: User, failed: list[Run]) -> None:
    client = APIClient()
    client.force_login(flow_editor)
    assert client.post("/api/v1/runs/resume-failed/?event_type=server.stop").json()["runs"] == []
    unheard = client.post(
        "/api/v1/runs/resume-failed/", {"event_type": "server.stop"}, content_type="application/json"
    )
    assert (unheard.status_code, unheard.json()["code"]) == (400, "filters_in_body")
    answer = client.post("/api/v1/runs/resume-failed/")
    assert answer.status_code == 202
    assert (len(answer.json()["runs"]), answer.json()["refused"], answer.json()["has_more"]) == (3, {}, False)
    assert client.post("/api/v1/runs/resume-failed/").json()["runs"] == []
