"""Conditions are tried before the transaction, within a budget for each owner."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.models import Tenant
from flows.models import Event, Flow, Generation, Trigger
from flows.services.events import emit
from flows.store.accepting import insert_events
from flows.store.new_events import Accepted, NewEvent
from flows.store.trigger_index import TriggerIndex
from flows.store.verdicts import TOO_EXPENSIVE, is_judged, judge, judge_quickly, needs_verdicts, settle
from tests.support.flows import line, published
from tests.support.spies import spies

pytestmark = pytest.mark.django_db(transaction=True)
TYPE = "server.created"
COSTLY = "a[ab]{200}c"
TEXT = "ab" * 4_500


@pytest.fixture(autouse=True)
def spy_nodes() -> Iterator[Any]:
    with spies() as registered:
        yield registered


def listening(pattern: str, tenant: Tenant | None = None) -> Flow:
    condition = {"field": "hostname", "operation": "not_matches", "value": pattern}
    flow = published(
        line(("t", "event", {"event": TYPE, "condition": condition}), ("a", "spy", {"name": "a"}))
    )
    if tenant is not None:
        Flow.objects.filter(id=flow.id).update(tenant=tenant)
        Generation.objects.update(value=Generation.objects.get().value + 1)
    return flow


def event(text: str, tenant: Tenant | None = None) -> NewEvent:
    tenant_id = tenant.id if tenant else None
    return NewEvent(type=TYPE, payload={"hostname": text}, tenant_id=tenant_id, source="test")


def fresh_index() -> TriggerIndex:
    index = TriggerIndex()
    with connection.cursor() as cursor:
        index.refresh(cursor)
    return index


def test_one_owners_conditions_do_not_use_up_anothers_budget() -> None:
    tenant = Tenant.objects.create(name="one", slug="one")
    for _ in range(5):
        listening(COSTLY, tenant)
    platform = listening("^web", None)
    index, sent = fresh_index(), event(TEXT, tenant)
    began = time.process_time()
    judge(index, sent)
    assert time.process_time() - began < 0.5
    found = {
        listener.flow_id: sent.verdicts[listener.version_id] for listener in index.of_type(TYPE, tenant.id)
    }
    assert found.pop(platform.id) == ""
    assert sorted(found.values()) == ["", *[TOO_EXPENSIVE] * 4]


def test_what_was_not_tried_starts_nothing_and_the_event_says_so() -> None:
    flows = [listening(COSTLY) for _ in range(3)]
    with transaction.atomic():
        accepted = emit(TYPE, {"hostname": TEXT}, tenant_id=None)
    outcomes = Event.objects.get(id=accepted.id).outcomes
    assert {entry["message"] for entry in outcomes} == {TOO_EXPENSIVE}
    assert len(accepted.runs) + len(outcomes) == len(flows)


def test_quick_judging_gives_up_where_work_is_long() -> None:
    listening(COSTLY)
    index = fresh_index()
    assert judge_quickly(index, [event("web-1")], 50_000)
    long = event(TEXT)
    assert not judge_quickly(index, [long], 50_000)
    assert needs_verdicts(index, long)


def test_storing_tries_no_condition() -> None:
    listening("^web")
    index = fresh_index()
    with transaction.atomic(), connection.cursor() as cursor, pytest.raises(KeyError):
        insert_events(cursor, index, [event("web-1")])


def test_what_was_worked_out_before_holds_until_the_triggers_change() -> None:
    listening("^web")
    index, sent = fresh_index(), event("db-1")
    judge(index, sent)
    settle(index, [sent])
    assert is_judged(index, sent)
    with transaction.atomic(), connection.cursor() as cursor:
        (accepted,) = insert_events(cursor, index, [sent])
    assert isinstance(accepted, Accepted)
    assert len(accepted.runs) == 1

    late = event("db-2")
    judge(index, late)
    settle(index, [late])
    listening("^db")
    with connection.cursor() as cursor:
        index.refresh(cursor)
    assert not is_judged(index, late)


def test_working_out_without_a_verdict_leaves_it_to_the_transaction() -> None:
    listening("^web")
    index, sent = fresh_index(), event("db-1")
    settle(index, [sent])
    assert sent.fate is None
    assert not is_judged(index, sent)


def test_a_condition_of_an_older_release_that_is_refused_now_stops_nothing_else() -> None:
    old, good = listening("^web"), listening("^db")
    spec = Trigger.objects.get(flow=old).spec
    spec["condition"]["value"] = "[ab]{0,999}"
    Trigger.objects.filter(flow=old).update(spec=spec)
    with transaction.atomic():
        accepted = emit(TYPE, {"hostname": "x"}, tenant_id=None)
    (outcome,) = Event.objects.get(id=accepted.id).outcomes
    assert (outcome["flow"], len(accepted.runs)) == (str(old.id), 1)
    assert "instructions" in outcome["message"]
    assert good.id


def test_the_index_of_one_event_knows_its_flows_alone() -> None:
    flow = listening("^web")
    with connection.cursor() as cursor:
        assert [one.flow_id for one in TriggerIndex.of_event(cursor, TYPE, None).of_type(TYPE, None)] == [
            flow.id
        ]
        assert TriggerIndex.of_event(cursor, "server.deleted", None).of_type(TYPE, None) == []
        assert TriggerIndex.of_event(cursor, "any", flow.id).of_flow(flow.id) is not None
