"""Run now: a payload to begin with, the run that comes of it, and why it cannot be."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.actors import Actor
from accounts.models import User
from actions.models import Credential
from flows.models import Event, Flow, Run
from tests.flows.pages.conftest import House, furnished
from tests.support.flows import line, published

Browser = Callable[[User], Client]


def page_of(house: House) -> str:
    return f"/flows/{house.flow.id}/run/"


def test_it_begins_with_the_sample_of_the_trigger_or_of_an_event(
    as_user: Browser, flow_editor: User, house: House
) -> None:
    browser = as_user(flow_editor)
    assert "hostname" in browser.get(page_of(house)).context["form"]["payload"].value()
    chosen = browser.get(f"{page_of(house)}?sample={house.event.id}")
    assert "secret-host" in chosen.context["form"]["payload"].value()
    assert f'<option value="{house.event.id}" selected>' in chosen.content.decode()


@pytest.mark.parametrize("sample", ["nonsense", "00000000-0000-7000-8000-000000000000"])
def test_an_unknown_event_leaves_the_sample(
    as_user: Browser, flow_editor: User, house: House, sample: str
) -> None:
    page = as_user(flow_editor).get(f"{page_of(house)}?sample={sample}")
    assert "hostname" in page.context["form"]["payload"].value()


def test_events_of_others_are_not_offered(
    as_user: Browser, flow_editor: User, house: House, other_house: House
) -> None:
    page = as_user(flow_editor).get(f"{page_of(house)}?sample={other_house.event.id}").content.decode()
    assert "secret-host" not in page


def test_sending_opens_the_run(as_user: Browser, flow_editor: User, house: House) -> None:
    answer = as_user(flow_editor).post(page_of(house), {"payload": '{"hostname": "web-9"}'})
    run = Run.objects.get(subject="web-9")
    assert answer.headers["Location"] == f"/runs/{run.id}/"
    assert run.event.payload == {"hostname": "web-9"}
    assert "Started." in as_user(flow_editor).post(page_of(house), {}, follow=True).content.decode()


@pytest.mark.parametrize("payload", ["[1]", "{", '"text"', "7", '{"a": 1, "a": 2}'])
def test_what_is_no_object_is_refused_and_kept(
    as_user: Browser, flow_editor: User, house: House, payload: str
) -> None:
    page = as_user(flow_editor).post(page_of(house), {"payload": payload})
    assert page.context["form"].errors["payload"]
    assert page.context["form"]["payload"].value() == payload
    assert Event.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"is_enabled": False}, "Switch it on first"),
        ({"is_enabled": False, "published": None}, "Publish it first"),
    ],
)
def test_what_cannot_run_says_why(
    as_user: Browser, flow_editor: User, house: House, change: dict[str, object], reason: str
) -> None:
    Flow.objects.filter(id=house.flow.id).update(**change)
    browser = as_user(flow_editor)
    assert reason in browser.get(page_of(house)).content.decode()
    assert reason in browser.post(page_of(house), {"payload": "{}"}).context["form"].non_field_errors()[0]
    row = browser.get("/flows/").content.decode()
    assert f'disabled title="{reason}' in row
    assert page_of(house) not in row


def test_a_run_that_finds_no_room_says_so(as_user: Browser, flow_editor: User, house: House) -> None:
    trigger = house.flow.trigger
    trigger.concurrency = {"mode": "single"}
    trigger.save()
    furnished(house.flow, "waiting")
    page = as_user(flow_editor).post(page_of(house), {"payload": "{}"}, follow=True).content.decode()
    assert "It did not run: Another run of this flow is still open" in page


def test_a_viewer_finds_every_switch_and_button_disabled_with_a_reason(
    as_user: Browser, viewer: User, house: House
) -> None:
    browser = as_user(viewer)
    page = browser.get("/flows/").content.decode()
    for part in page.split("<button")[1:]:
        button = part.split(">")[0]
        if 'role="switch"' in button or "Run now" in part.split("</button>")[0]:
            assert "disabled" in button
            assert 'title="Your role may' in button
    assert page.count('role="switch"') == 1
    assert '<form method="post"' not in page.split('id="content"')[1]
    assert browser.get(page_of(house)).status_code == 403


@pytest.fixture
def calling(api_credential: Credential, tenant_admin: User) -> Flow:
    drawing = line(("t", "manual", {}), ("c", "call", {"credential": api_credential.name}))
    return published(drawing, Actor.of_user(tenant_admin))


@pytest.mark.usefixtures("staged_credential")
def test_a_test_run_names_its_credentials_and_is_marked(
    as_user: Browser, tenant_admin: User, calling: Flow
) -> None:
    browser, place = as_user(tenant_admin), f"/flows/{calling.id}/run/"
    assert "values for trying out: shop." in browser.get(place).content.decode()
    answer = browser.post(place, {"payload": "{}", "is_test": "on"})
    assert Run.objects.get().is_test
    assert "Test run" in browser.get(answer.headers["Location"]).content.decode()
    assert "Test run" in browser.get("/runs/").content.decode()


def test_none_is_offered_where_no_credential_has_values_for_it(
    as_user: Browser, tenant_admin: User, calling: Flow
) -> None:
    browser, place = as_user(tenant_admin), f"/flows/{calling.id}/run/"
    assert "As a test run" not in browser.get(place).content.decode()
    refused = browser.post(place, {"payload": "{}", "is_test": "on"})
    assert "No credential of the flow has values for trying out." in refused.content.decode()
    assert not Run.objects.exists()
