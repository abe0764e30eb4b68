"""Events: what arrived, the catalogue, sending one."""

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.models import Tenant, User
from flows.models import Event, EventTypeDefinition
from tests.flows.pages.conftest import NOW, House, furnished

Browser = Callable[[User], Client]


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("", True),
        ("type=server.created", True),
        ("type=x.y", False),
        ("result=started", True),
        ("result=nothing", False),
        ("q=secret-host", True),
        ("q=absent", False),
        ("range=24h", True),
        ("until=2020-01-01T00:00:00Z", False),
    ],
)
def test_filters(as_user: Browser, viewer: User, house: House, query: str, is_found: bool) -> None:
    page = as_user(viewer).get(f"/events/?{query}").content.decode()
    assert (f"/events/{house.event.id}/" in page) is is_found


def test_queries_of_the_list_do_not_grow(
    as_user: Browser, viewer: User, house: House, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    browser = as_user(viewer)
    browser.get("/events/")
    with django_assert_num_queries(4):
        browser.get("/events/")
    for _ in range(5):
        furnished(house.flow)
    with django_assert_num_queries(4):
        browser.get("/events/")


def test_event_page_says_what_started_and_why_not(
    as_user: Browser, viewer: User, house: House, other_house: House
) -> None:
    Event.objects.filter(id=house.event.id).update(
        outcomes=[
            {"flow": str(house.flow.id), "result": "condition_not_met", "message": "Not met here."},
            {"flow": str(other_house.flow.id), "result": "condition_not_met", "message": "Foreign reason."},
        ]
    )
    page = as_user(viewer).get(f"/events/{house.event.id}/").content.decode()
    assert f"/runs/{house.run.id}/" in page
    assert "Not met here." in page
    assert "Foreign reason." not in page
    assert "secret-host" in page


def test_event_that_nobody_hears_says_so(as_user: Browser, flow_editor: User, tenant: Tenant) -> None:
    event = Event.objects.create(tenant=tenant, type="order.paid", source="api", payload={}, accepted_at=NOW)
    page = as_user(flow_editor).get(f"/events/{event.id}/").content.decode()
    assert "no flow that is published and on starts with" in page
    assert "/flows/new/?event=order.paid" in page


def test_event_sent_by_hand_starts_the_flow(as_user: Browser, flow_editor: User, house: House) -> None:
    form = {"type": "server.created", "payload": '{"ram": 9000}'}
    answer = as_user(flow_editor).post("/events/send/", form, follow=True)
    assert "It started 1 run." in answer.content.decode()
    sent = Event.objects.get(source="by hand")
    assert (sent.tenant_id, sent.run_count) == (flow_editor.tenant_id, 1)


@pytest.mark.parametrize(
    ("payload", "text"),
    [("[1]", "JSON object"), ('{"a": 1, "a": 2}', "at line 1"), ('{"ram": "much"}', "does not fit")],
)
def test_bad_payloads_are_refused_at_the_field(
    as_user: Browser, flow_editor: User, house: House, payload: str, text: str
) -> None:
    page = as_user(flow_editor).post("/events/send/", {"type": "server.created", "payload": payload})
    assert text in page.content.decode()
    assert not Event.objects.filter(source="by hand").exists()


def test_send_form_begins_with_the_payload_to_repeat(
    as_user: Browser, flow_editor: User, house: House, other_house: House
) -> None:
    browser = as_user(flow_editor)
    assert "secret-host" in browser.get(f"/events/send/?again={house.event.id}").content.decode()
    assert "secret-host" not in browser.get(f"/events/send/?again={other_house.event.id}").content.decode()


def test_platform_sends_for_a_tenant(
    as_user: Browser, platform_admin: User, house: House, tenant: Tenant
) -> None:
    browser = as_user(platform_admin)
    form = {"type": "server.created", "payload": "{}", "tenant": str(tenant.id)}
    browser.post("/events/send/", form)
    assert Event.objects.get(source="by hand").tenant_id == tenant.id
    page = browser.post("/events/send/", {**form, "tenant": "999999"}).content.decode()
    assert "no such tenant" in page


def test_catalogue_shows_fields_and_listeners(as_user: Browser, viewer: User, house: House) -> None:
    browser = as_user(viewer)
    page = browser.get("/events/types/server.created/").content.decode()
    assert "<code>hostname</code>" in page
    assert "Welcome" in page
    assert "1 flow" in browser.get("/events/types/?q=server.created").content.decode()
    assert browser.get("/events/types/no.such/").status_code == 404


def test_event_type_is_defined_from_an_example_changed_and_deleted(
    as_user: Browser, flow_editor: User, tenant: Tenant
) -> None:
    browser = as_user(flow_editor)
    form = {"name": "order.paid", "label": "Order paid", "shape": "example", "body": '{"order": 7}'}
    assert "<code>order</code>" in browser.post("/events/define-type/", form, follow=True).content.decode()
    assert EventTypeDefinition.objects.get(name="order.paid").tenant_id == tenant.id
    schema = '{"type": "object", "properties": {"total": {"type": "number"}}}'
    changed = {"label": "Paid", "shape": "schema", "body": schema}
    page = browser.post("/events/types/order.paid/edit/", changed, follow=True).content.decode()
    assert "<code>total</code>" in page
    browser.post("/events/types/order.paid/delete/")
    assert not EventTypeDefinition.objects.exists()


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"name": "Order"}, "words of small letters"),
        ({"name": "server.created"}, "already"),
        ({"body": "{"}, "at line 1"),
        ({"shape": "schema", "body": '{"type": "array"}'}, "describes an object"),
        ({"body": "[1]"}, "JSON object"),
    ],
)
def test_bad_definitions_are_refused_with_a_reason(
    as_user: Browser, flow_editor: User, change: dict[str, str], text: str
) -> None:
    form = {"name": "order.paid", "label": "Paid", "shape": "example", "body": '{"a": 1}', **change}
    page = as_user(flow_editor).post("/events/define-type/", form).content.decode()
    assert text in page
    assert not EventTypeDefinition.objects.exists()


def test_platform_types_cannot_be_changed_by_a_tenant(as_user: Browser, flow_editor: User) -> None:
    EventTypeDefinition.objects.create(
        name="plan.sold",
        label="Sold",
        schema={"type": "object"},
        sample={},
        created_at=NOW,
        updated_at=NOW,
    )
    browser = as_user(flow_editor)
    assert "/events/types/plan.sold/edit/" not in browser.get("/events/types/plan.sold/").content.decode()
    assert browser.post("/events/types/plan.sold/delete/").status_code == 404
