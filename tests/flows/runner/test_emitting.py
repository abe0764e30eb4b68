"""Nodes of packages emit events of the types that their own package declares."""

from datetime import UTC, datetime
from typing import Any

import pytest

from flows.graph.codec import read_document
from flows.models import Event, EventTypeDefinition, Run
from flows.runner import driver
from flows.sdk import NodeError
from flows.sdk.loading import broken_modules
from flows.services.drafting import try_out
from flows.services.intake_writer import intake_writer
from flows.services.samples import Sample
from flows.store.trigger_index import TriggerIndex
from tests.support.flows import line, published, run_to_rest, started
from tests.support.packages import Packages

NOW = datetime(2026, 1, 15, tzinfo=UTC)

pytestmark = pytest.mark.django_db(transaction=True)

PACKAGE = """
from datetime import timedelta

from flows.sdk import Emit, EventType, Kind, Node, NodeError, NodeMeta, Retry, Shape, Suspend, event_types, node

SHAPE = Shape.object({{"caller": Shape.string("Who"), "pin": Shape.string("PIN", is_masked=True)}})
TYPE = EventType("{name}.called", "Called", "A call.", "Calls", SHAPE, {{"caller": "ada"}})
event_types.register(TYPE.name, TYPE, __name__ + ".TYPE")


@node
class Call(Node):
    meta = NodeMeta("{name}-call", Kind.ENRICHER, "Call", "Calls.", "phone", retry=Retry(attempts=2, first="1ms"))

    def run(self, ctx, config, record):
        for payload in record.get("calls", [{{"caller": "ada"}}]):
            ctx.emit(record.get("type", "{name}.called"), payload)
        if record.get("fails"):
            raise NodeError("broken", "It broke.")
        if record.get("waits"):
            return Suspend("call", ctx.clock.now() + timedelta(milliseconds=10), on_time=None)
        return Emit("out", record)

    def resume(self, ctx, config, record, wake):
        ctx.emit("{name}.called", {{"caller": "eve"}})
        return Emit("out", record)
"""
CALL = line(("t", "spy-start", {}), ("c", "acme-call", {}))


@pytest.fixture(autouse=True)
def acme(packages: Packages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake_writer, "index", TriggerIndex())  # of no other test
    packages.install("acme", "hookflow.event_types", calls=PACKAGE.format(name="acme"))


def run(**payload: Any) -> Run:
    return run_to_rest(started(published(CALL), payload))


def emitted() -> list[Event]:
    return list(Event.objects.filter(type="acme.called").order_by("id"))


def test_an_event_of_a_step_tells_of_its_run():
    done = run(calls=[{"caller": "ada"}, {"caller": "bob"}])
    assert done.status == "succeeded"
    assert [event.payload for event in emitted()] == [{"caller": "ada"}, {"caller": "bob"}]
    event = emitted()[0]
    assert (event.cause_run_id, event.depth, event.source) == (done.id, 1, "package:acme")
    assert event.tenant_id == done.tenant_id
    assert "Emitted acme.called." in done.log_lines.values_list("text", flat=True)


def test_it_starts_the_flows_that_listen():
    heard = published(
        line(
            ("t", "event", {"event": "acme.called"}),
            ("f", "filter", {"field": "caller", "operation": "exists"}),
        )
    )
    run()
    assert Run.objects.get(flow=heard).event_id == emitted()[0].id


def test_a_failed_step_emits_nothing():
    assert run(fails=True).status == "failed"
    assert emitted() == []


def test_a_step_that_is_repeated_emits_nothing_twice(monkeypatch: pytest.MonkeyPatch):
    store, tries = driver.store_emitted, []

    async def store_and_fail_once(*args: Any) -> None:
        await store(*args)
        tries.append(args[0].idempotency_key)
        if len(tries) == 1:
            args[0].outbox.events[0].payload["caller"] = "somebody else"
            raise NodeError("worker_lost", "Died behind the commit.", retryable=True)

    monkeypatch.setattr(driver, "store_emitted", store_and_fail_once)
    assert run().status == "succeeded"
    assert len(tries) == 2
    assert len(set(tries)) == 1
    assert [event.payload for event in emitted()] == [{"caller": "ada"}]


def test_each_turn_of_a_step_that_waits_emits_its_own():
    assert run(waits=True).status == "succeeded"
    assert [event.payload for event in emitted()] == [{"caller": "ada"}, {"caller": "eve"}]


@pytest.mark.parametrize("name", ["server.created", "zzz.called", "own.called", "no.such", "schedule.tick"])
def test_types_of_others_are_refused(packages: Packages, name: str):
    packages.install("zzz", "hookflow.event_types", calls=PACKAGE.format(name="zzz"))
    EventTypeDefinition.objects.create(
        name="own.called", label="Own", schema={}, sample={}, created_at=NOW, updated_at=NOW
    )
    done = run(type=name)
    assert (done.status, done.error["code"]) == ("failed", "not_own_event_type")
    assert not Event.objects.filter(type=name).exists()


def test_a_payload_that_does_not_fit_fails_the_step_and_stores_nothing():
    done = run(calls=[{"caller": "ada"}, {"caller": 7}])
    assert done.error["code"] == "payload_does_not_fit"
    assert "caller" in done.error["message"]
    assert emitted() == []


def test_what_the_type_declares_secret_is_masked():
    run(calls=[{"caller": "ada", "pin": "1234"}])
    assert "1234" not in str(emitted()[0].payload)


def test_too_many_events_are_refused():
    assert run(calls=[{"caller": "ada"}] * 101).error["code"] == "too_many_events"


def test_a_chain_of_flows_that_start_one_another_is_cut():
    published(line(("t", "event", {"event": "acme.called"}), ("c", "acme-call", {})))
    run()
    while open_runs := Run.objects.exclude(status__in=["succeeded", "failed"]):
        run_to_rest(open_runs[0])
    assert [event.depth for event in emitted()] == list(range(1, 10))
    assert emitted()[-1].outcomes[0]["result"] == "loop_guard"


def test_a_dry_run_shows_what_would_be_emitted():
    payload = {"calls": [{"caller": "ada", "pin": "1234"}]}
    shown = try_out(read_document(CALL), None, Sample("Calls", payload)).steps[1].preview
    assert shown["events"][0]["type"] == "acme.called"
    assert shown["events"][0]["payload"]["caller"] == "ada"
    assert "1234" not in str(shown)
    assert emitted() == []


def test_a_package_cannot_declare_a_name_of_the_program(packages: Packages):
    packages.install("bad", "hookflow.event_types", calls=PACKAGE.format(name="schedule"))
    assert "schedule.called" in broken_modules[0].error
