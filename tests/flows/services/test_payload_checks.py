"""Which schema a payload has to fit, and which flows hear of it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from accounts.actors import Actor
from accounts.models import Tenant, User
from common.problems import Problem
from flows.graph.codec import read_document
from flows.models import Event, EventTypeDefinition, Flow
from flows.sdk import event_types
from flows.sdk.events import RESERVED
from flows.services import payload_checks
from flows.services.event_types import define, definition_for, redefine, undefine
from flows.services.known_types import list_event_types
from flows.services.payload_checks import PayloadChecks, misfits_of
from flows.services.plans import Installation
from flows.services.samples import choose_sample
from flows.services.sending import send_event
from flows.store.new_events import NewEvent
from tests.flows.sdk.schema.test_bounds import doubling
from tests.support.flows import ADMIN, line, published
from tests.support.spies import spies

pytestmark = pytest.mark.django_db
STRICT = {"type": "object", "required": ["amount"], "properties": {"amount": {"type": "integer"}}}
LOOSE = {"type": "object"}


@pytest.fixture(autouse=True)
def spy_nodes() -> Iterator[Any]:
    with spies() as registered:
        yield registered


@pytest.fixture
def editor(flow_editor: User) -> Actor:
    return Actor.of_user(flow_editor)


def stored(name: str, schema: Any, tenant_id: int | None = None) -> EventTypeDefinition:
    """As an older release may have left it."""
    now = datetime.now(UTC)
    return EventTypeDefinition.objects.create(
        tenant_id=tenant_id, name=name, label=name, schema=schema, sample={}, created_at=now, updated_at=now
    )


def listening(event_type: str, actor: Actor = ADMIN) -> Flow:
    return published(line(("t", "event", {"event": event_type}), ("a", "spy", {"name": "a"})), actor)


def outcomes(event_id: Any) -> set[tuple[str, str]]:
    return {(entry["flow"], entry["result"]) for entry in Event.objects.get(id=event_id).outcomes or ()}


@pytest.mark.parametrize(
    "name", ["server.created", "platforms.own", "tenants.own", *[f"{start}x" for start in RESERVED]]
)
def test_a_tenant_cannot_take_a_name_that_is_taken_or_reserved(editor: Actor, name: str) -> None:
    define(actor=ADMIN, name="platforms.own", label="P", schema=STRICT)
    define(actor=editor, name="tenants.own", label="T", schema=STRICT)
    before = EventTypeDefinition.objects.count()
    with pytest.raises(Problem) as caught:
        define(actor=editor, name=name, label="X", schema=LOOSE)
    assert caught.value.code in ("name_taken", "reserved_name")
    assert (caught.value.field, EventTypeDefinition.objects.count()) == ("name", before)


@pytest.mark.parametrize("platforms_first", [True, False])
def test_platform_flows_hear_only_what_fits_the_platforms_type(
    editor: Actor, tenant: Tenant, platforms_first: bool
) -> None:
    if platforms_first:
        define(actor=ADMIN, name="order.paid", label="P", schema=STRICT)
        stored("order.paid", LOOSE, tenant.id)
    else:
        define(actor=editor, name="order.paid", label="T", schema=LOOSE)
        define(actor=ADMIN, name="order.paid", label="P", schema=STRICT)
    platforms, own = listening("order.paid"), listening("order.paid", editor)
    bad = send_event(actor=editor, event_type="order.paid", payload={"amount": "x"}, tenant_id=tenant.id)
    good = send_event(actor=editor, event_type="order.paid", payload={"amount": 3}, tenant_id=tenant.id)
    assert (len(bad.runs), len(good.runs)) == (1, 2)
    assert outcomes(bad.id) == {(str(platforms.id), "payload_does_not_fit")}
    assert own.id


def test_platform_flows_do_not_hear_of_types_that_only_a_tenant_defines(
    editor: Actor, tenant: Tenant
) -> None:
    platforms_type = define(actor=ADMIN, name="order.paid", label="P", schema=STRICT)
    flow = listening("order.paid")
    define_again = stored("order.paid", LOOSE, tenant.id)
    EventTypeDefinition.objects.filter(id=platforms_type.id).delete()
    accepted = send_event(actor=editor, event_type="order.paid", payload={}, tenant_id=tenant.id)
    assert accepted.runs == ()
    assert outcomes(accepted.id) == {(str(flow.id), "payload_does_not_fit")}
    assert define_again.id


def test_what_comes_with_the_program_stands_before_what_a_tenant_defined_earlier(
    editor: Actor, tenant: Tenant
) -> None:
    left_over = stored(
        "server.created", {"type": "object", "properties": {"ram": {"type": "string"}}}, tenant.id
    )
    with pytest.raises(Problem) as caught:
        send_event(actor=editor, event_type="server.created", payload={"ram": "x"}, tenant_id=tenant.id)
    assert caught.value.code == "payload_does_not_fit"
    assert [t.is_builtin for t in list_event_types(editor) if t.name == "server.created"] == [True]
    undefine(actor=editor, definition=definition_for(editor, "server.created"))
    assert not EventTypeDefinition.objects.filter(id=left_over.id).exists()


def test_deleting_the_platforms_type_asks_only_the_flows_that_use_it(editor: Actor, tenant: Tenant) -> None:
    define(actor=editor, name="order.paid", label="T", schema=LOOSE)
    define(actor=ADMIN, name="order.paid", label="P", schema=STRICT)
    listening("order.paid", editor)
    flow = listening("order.paid")
    with pytest.raises(Problem, match="listens"):
        undefine(actor=ADMIN, definition=definition_for(ADMIN, "order.paid"))
    Flow.objects.filter(id=flow.id).update(deleted_at=datetime.now(UTC))
    undefine(actor=ADMIN, definition=definition_for(ADMIN, "order.paid"))


OLD = {
    "doubling": {"type": "object", **doubling("anyOf")},
    "to itself": {"type": "object", "properties": {"a": {"$ref": "#"}}},
    "unsupported": {"type": "object", "unevaluatedProperties": False},
    "large pattern": {"type": "object", "properties": {"a": {"pattern": "[ab]{0,999}"}}},
    "wide": {"type": "object", "properties": {str(n): {} for n in range(5000)}},
}


@pytest.mark.parametrize("schema", OLD.values(), ids=OLD)
def test_a_stored_type_past_todays_bound_is_refused_clearly_and_breaks_nothing_else(
    editor: Actor, tenant: Tenant, schema: Any
) -> None:
    row = stored("old.type", schema, tenant.id)
    with pytest.raises(Problem) as caught:
        send_event(actor=editor, event_type="old.type", payload={}, tenant_id=tenant.id)
    assert (caught.value.status, caught.value.code) == (409, "event_type_unusable")
    assert caught.value.hint
    shape = Installation(tenant.id).event_type("old.type")
    assert shape is not None
    assert len(list(shape.shape.paths())) <= 2000
    assert [len(t.fields) <= 2000 for t in list_event_types(editor) if t.name == "old.type"] == [True]
    drawing = read_document(line(("t", "event", {"event": "old.type"}), ("a", "spy", {"name": "a"})))
    assert choose_sample(editor, drawing, tenant.id).payload == {}
    for attempt in ({"schema": schema}, {"example": {str(n): n for n in range(5000)}}):
        with pytest.raises(Problem) as refused:
            define(actor=editor, name="new.type", label="N", **attempt)
        assert (refused.value.status, refused.value.code) == (400, "bad_schema")
    redefine(actor=editor, definition=row, label="Old", schema=LOOSE)
    send_event(actor=editor, event_type="old.type", payload={}, tenant_id=tenant.id)


def test_checking_costs_no_more_than_a_request_may(editor: Actor, tenant: Tenant) -> None:
    schema = {"type": "object", "properties": {"a": {"items": {"anyOf": [{"type": "string"}] * 500}}}}
    define(actor=editor, name="order.paid", label="T", schema=schema)
    known = PayloadChecks().look_up("order.paid", tenant.id)
    assert known is not None
    event = NewEvent("order.paid", {"a": [1] * 100_000}, tenant.id, "test")
    with pytest.raises(Problem) as caught:
        misfits_of(known, event, units=1_000_000)
    assert (caught.value.status, caught.value.code) == (413, "too_much_work")


def test_a_tenant_defines_a_bounded_number_of_types(editor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.services.event_types.MOST_TYPES", 2)
    for name in ("a.a", "a.b"):
        define(actor=editor, name=name, label=name, schema=LOOSE)
    with pytest.raises(Problem) as caught:
        define(actor=editor, name="a.c", label="c", schema=LOOSE)
    assert caught.value.code == "too_many"


def test_the_cache_is_bounded_by_what_it_holds(
    editor: Actor, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(payload_checks, "MOST_CACHED_SUBSCHEMAS", 10)
    checks = PayloadChecks()
    for number in range(20):
        define(actor=editor, name=f"a.b{number}", label="x", schema=STRICT)
        assert checks.look_up(f"a.b{number}", tenant.id) is not None
    assert len(checks._known) < 10


def test_every_built_in_type_can_be_checked() -> None:
    checks = PayloadChecks()
    for found in event_types.values():
        known = checks.look_up(found.name, None)
        assert known is not None
        assert misfits_of(known, NewEvent(found.name, found.sample, None, "test")) == []
