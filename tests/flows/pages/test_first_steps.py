"""The first-steps card: facts tick its steps off, and it goes away when done or put away."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts import audit
from accounts.actors import Actor
from accounts.models import AuditEntry, User
from flows.models import FirstSteps, Flow
from flows.services.flows import create_flow
from tests.flows.pages.conftest import House, drawing, furnished, published

Browser = Callable[[User], Client]


@pytest.fixture
def demo(tenant_admin: User) -> Flow:
    return create_flow(actor=Actor.of_user(tenant_admin), name="Demo", document=drawing("Demo"), is_demo=True)


def ticks(browser: Client) -> dict[str, bool]:
    """The steps that the card shows, and whether they are done; nothing without the card."""
    page = browser.get("/").content.decode()
    parts = page.split('data-step="')[1:]
    return {part.split('"')[0]: 'data-done="true"' in part.split(">")[0] for part in parts}


def test_each_step_is_ticked_by_what_happened(as_user: Browser, tenant_admin: User, demo: Flow) -> None:
    browser, actor = as_user(tenant_admin), Actor.of_user(tenant_admin)
    done = {"demo": False, "flow": False, "server": False, "run": False}
    assert ticks(browser) == done
    assert 'href="/inventory/servers/new/"' in browser.get("/").content.decode()
    assert browser.post("/first-steps/demo/").headers["Location"] == f"/flows/{demo.id}/"
    assert ticks(browser) == (done := {**done, "demo": True})
    flow = published(tenant_admin)
    assert ticks(browser) == (done := {**done, "flow": True})
    audit.record(actor, "created", "server", "1", tenant_id=actor.tenant_id)
    assert ticks(browser) == {**done, "server": True}
    furnished(flow)
    assert ticks(browser) == {}


def test_a_run_of_a_demo_and_things_of_others_tick_nothing(
    as_user: Browser, tenant_admin: User, demo: Flow, other_house: House, outsider_admin: User
) -> None:
    outsider = Actor.of_user(outsider_admin)
    audit.record(outsider, "created", "server", "1", tenant_id=outsider.tenant_id)
    assert not any(ticks(as_user(tenant_admin)).values())


def test_put_away_it_stays_away_for_that_person_alone(
    as_user: Browser, tenant_admin: User, flow_editor: User, demo: Flow
) -> None:
    browser = as_user(tenant_admin)
    for _ in range(2):
        assert browser.post("/first-steps/dismiss/").headers["Location"] == "/"
    assert ticks(browser) == {}
    assert ticks(as_user(flow_editor))
    assert FirstSteps.objects.count() == 1
    assert AuditEntry.objects.filter(target="first_steps").count() == 1


def test_nobody_is_asked_for_what_they_may_not_do(
    as_user: Browser, viewer: User, flow_editor: User, demo: Flow
) -> None:
    assert ticks(as_user(viewer)) == {}
    assert set(ticks(as_user(flow_editor))) == {"demo", "flow", "run"}


def test_without_a_demo_there_is_no_such_step(as_user: Browser, tenant_admin: User) -> None:
    browser = as_user(tenant_admin)
    assert set(ticks(browser)) == {"flow", "server", "run"}
    assert browser.post("/first-steps/demo/").status_code == 404


def test_looking_at_the_overview_writes_nothing(as_user: Browser, tenant_admin: User, demo: Flow) -> None:
    as_user(tenant_admin).get("/")
    assert not FirstSteps.objects.exists()


def test_a_demo_can_be_copied_from_the_card(as_user: Browser, tenant_admin: User, demo: Flow) -> None:
    browser = as_user(tenant_admin)
    assert f'action="/flows/{demo.id}/duplicate/"' in browser.get("/").content.decode()
    browser.post(f"/flows/{demo.id}/duplicate/")
    assert not Flow.objects.get(name="Demo (copy)").is_demo
    assert ticks(browser)["flow"]
