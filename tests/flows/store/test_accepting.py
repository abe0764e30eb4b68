"""An event becomes rows: once, for the right flows, and no more of them than the flow allows."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.models import Tenant
from flows.models import Event, Flow, Generation, QueueEntry, Run, Trigger
from flows.services.causes import caused_by
from flows.services.events import emit
from flows.services.flows import update_flow
from flows.store.accepting import insert_events, stored_before
from flows.store.fates import MAX_DEPTH
from flows.store.new_events import Accepted, KeyReused, NewEvent
from flows.store.trigger_index import TriggerIndex
from flows.store.verdicts import judge
from tests.support.flows import ADMIN, line, published
from tests.support.spies import spies

pytestmark = pytest.mark.django_db(transaction=True)
TYPE = "server.created"


@pytest.fixture(autouse=True)
def spy_nodes() -> Iterator[Any]:
    with spies() as registered:
        yield registered


def listening(tenant: Tenant | None = None, *, condition: Any = None, concurrency: Any = None) -> Flow:
    config = {"event": TYPE, **({"condition": condition} if condition else {})}
    settings = {"concurrency": concurrency} if concurrency else {}
    flow = published(line(("t", "event", config), ("a", "spy", {"name": "a"}), settings=settings))
    if tenant is not None:
        Flow.objects.filter(id=flow.id).update(tenant=tenant)
        Generation.objects.update(value=Generation.objects.get().value + 1)
    return flow


def event(**fields: Any) -> NewEvent:
    return NewEvent(**{"type": TYPE, "payload": {"id": 1}, "tenant_id": None, "source": "test", **fields})


def accept(*events: NewEvent) -> list[Accepted | KeyReused]:
    with transaction.atomic(), connection.cursor() as cursor:
        index = TriggerIndex()
        index.refresh(cursor)
        for one in events:
            judge(index, one)
        return insert_events(cursor, index, list(events))


def tenant(name: str) -> Tenant:
    return Tenant.objects.create(name=name, slug=name)


def test_a_second_delivery_starts_nothing_and_names_the_first() -> None:
    listening()
    (first,) = accept(event(dedup_key="k"))
    second, third = accept(event(dedup_key="k"), event(dedup_key="k"))
    assert second == third == Accepted(first.id, is_duplicate=True)
    assert (Event.objects.count(), Run.objects.count(), QueueEntry.objects.count()) == (1, 1, 1)


def test_the_same_key_within_one_request_counts_once() -> None:
    listening()
    first, second = accept(event(dedup_key="k"), event(dedup_key="k"))
    assert second == Accepted(first.id, is_duplicate=True)
    assert Run.objects.count() == 1


def test_the_same_key_with_another_body_is_told() -> None:
    accept(event(dedup_key="k"))
    assert accept(event(dedup_key="k", payload={"id": 2})) == [KeyReused("k")]


@pytest.mark.parametrize("other", [{"source": "other"}, {"tenant_id": "other"}])
def test_a_key_counts_within_its_tenant_and_source(other: dict[str, Any]) -> None:
    fields = {name: tenant("other").id if name == "tenant_id" else value for name, value in other.items()}
    results = accept(event(dedup_key="k"), event(dedup_key="k", **fields))
    assert [result.is_duplicate for result in results] == [False, False]


def test_events_without_a_key_all_count() -> None:
    listening()
    accept(event(), event())
    assert Run.objects.count() == 2


def test_a_tenants_flow_hears_its_own_events_and_a_platform_flow_all() -> None:
    one, other = tenant("one"), tenant("other")
    own, platform = listening(one), listening()
    results = accept(event(tenant_id=one.id), event(tenant_id=other.id), event(tenant_id=None))
    assert [len(result.runs) for result in results] == [2, 1, 1]
    assert set(Run.objects.filter(flow=own).values_list("tenant_id", flat=True)) == {one.id}
    assert set(Run.objects.filter(flow=platform).values_list("tenant_id", flat=True)) == {
        one.id,
        other.id,
        None,
    }
    assert set(QueueEntry.objects.values_list("tenant_id", flat=True)) == {one.id, other.id, None}


def test_a_flow_that_is_off_hears_nothing() -> None:
    flow = listening()
    update_flow(actor=ADMIN, flow=flow, is_enabled=False)
    assert accept(event())[0].runs == ()
    (directed,) = accept(event(flow_id=flow.id))
    assert directed.runs == ()
    assert Event.objects.get(id=directed.id).outcomes[0]["result"] == "switched_off"


def test_a_condition_that_is_not_met_starts_nothing_and_says_so() -> None:
    flow = listening(condition={"field": "ram", "operation": ">=", "value": "8"})
    met, unmet, odd = accept(
        event(payload={"ram": 9}), event(payload={"ram": 7}), event(payload={"ram": {"no": "number"}})
    )
    assert (len(met.runs), unmet.runs, odd.runs) == (1, (), ())
    for accepted in (unmet, odd):
        (outcome,) = Event.objects.get(id=accepted.id).outcomes
        assert (outcome["flow"], outcome["result"]) == (str(flow.id), "condition_not_met")


def test_a_chain_of_runs_is_cut_past_eight() -> None:
    listening()
    runs = []
    for depth in (MAX_DEPTH - 1, MAX_DEPTH):
        with transaction.atomic(), caused_by(Event().id, depth):
            runs.append(emit(TYPE, {"id": 1}, tenant_id=None))
    allowed, cut = runs
    assert len(allowed.runs) == 1
    assert Event.objects.get(id=allowed.id).depth == MAX_DEPTH
    assert cut.runs == ()
    assert Event.objects.get(id=cut.id).outcomes[0]["result"] == "loop_guard"


def statuses() -> list[str]:
    return list(Run.objects.order_by("id").values_list("status", flat=True))


def test_past_the_limit_a_run_is_cancelled_with_the_reason_and_the_event_is_kept() -> None:
    listening(concurrency={"mode": "parallel", "limit": 2})
    accept(event(), event(), event())
    accept(event())
    assert statuses() == ["queued", "queued", "cancelled", "cancelled"]
    assert {run.error["code"] for run in Run.objects.filter(status="cancelled")} == {"limit_reached"}
    assert (Event.objects.count(), QueueEntry.objects.count()) == (4, 2)


def test_a_single_flow_refuses_an_overlapping_run() -> None:
    listening(concurrency={"mode": "single"})
    accept(event(), event())
    assert statuses() == ["queued", "cancelled"]
    assert Run.objects.get(status="cancelled").error["code"] == "already_running"


def test_in_a_queue_one_run_has_its_turn_and_the_others_are_held() -> None:
    listening(concurrency={"mode": "queue"})
    accept(event(), event())
    accept(event())
    assert list(QueueEntry.objects.order_by("run_id").values_list("is_held", flat=True)) == [
        False,
        True,
        True,
    ]


def test_a_lower_id_from_another_process_does_not_overtake_the_run_that_has_its_turn() -> None:
    flow = listening(concurrency={"mode": "queue"})
    accept(event())
    later = QueueEntry.objects.get()
    earlier = Run.objects.get()
    earlier.id = type(earlier.id)(int=earlier.id.int - 2**90)
    earlier.save(force_insert=True)
    QueueEntry.objects.create(run=earlier, flow_id=flow.id, is_held=True, due_ms=0)
    accept(event())
    assert [entry.run_id for entry in QueueEntry.objects.filter(is_held=False)] == [later.run_id]


@pytest.mark.parametrize(
    ("setting", "open_runs"), [({"mode": "single"}, 1), ({"mode": "parallel", "limit": 5}, 5)]
)
def test_threads_that_accept_at_once_open_no_more_than_the_flow_allows(setting: Any, open_runs: int) -> None:
    listening(concurrency=setting)
    begin = threading.Barrier(6)
    errors: list[Exception] = []

    def send() -> None:
        try:
            begin.wait()
            for _ in range(3):
                accept(event())
        except Exception as error:  # noqa: BLE001
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert (QueueEntry.objects.count(), Run.objects.count()) == (open_runs, 18)


def test_what_was_committed_without_an_answer_is_known_by_its_ids() -> None:
    listening()
    accept(event(dedup_key="old"))
    events = [event(), event(dedup_key="old"), event(dedup_key="new"), event(dedup_key="new")]
    accepted = accept(*events)
    with connection.cursor() as cursor:
        assert stored_before(cursor, events) == accepted
        assert stored_before(cursor, [event()]) == []


def test_the_index_is_renewed_when_triggers_change() -> None:
    index = TriggerIndex()
    with connection.cursor() as cursor:
        index.refresh(cursor)
        assert index.of_type(TYPE, None) == []
        flow = listening()
        index.refresh(cursor)
    assert [listener.flow_id for listener in index.of_type(TYPE, None)] == [flow.id]
    assert Trigger.objects.get().flow_id == flow.id
