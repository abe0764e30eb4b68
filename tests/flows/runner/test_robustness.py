"""What goes wrong around a run costs that run at most, and a database that is away costs none."""

from datetime import UTC, datetime
from typing import Any

import pytest
import structlog
from django.db import DataError, OperationalError, connection

from flows.models import QueueEntry, Run
from flows.runner import plan_cache, runner
from flows.runner.bootstep import LOOKS_MISSED, Watchdog
from flows.sdk import Emit, NodeContext, NodeError, Record
from flows.store.database import epoch_ms, key
from flows.store.journal import DatabaseRunStore
from tests.support.flows import eventually, line, published, run_to_rest, running, started
from tests.support.spies import Spy

pytestmark = pytest.mark.django_db(transaction=True)
START = ("t", "spy-start", {})
A = ("a", "spy", {"name": "a"})


def is_over(run: Run) -> bool:
    return Run.objects.get(id=run.id).status in ("succeeded", "failed", "cancelled")


def test_a_write_that_the_database_refuses_costs_its_own_run_only(
    spy: type[Spy], monkeypatch: pytest.MonkeyPatch
) -> None:
    flow = published(line(START, A))
    bad, good = started(flow), started(flow)
    exchange = DatabaseRunStore.exchange

    def refusing(self: Any, writes: Any, **options: Any) -> Any:
        if any(entry.run_id == bad.id and entry.steps for entry in writes):
            raise DataError("Refused.")
        return exchange(self, writes, **options)

    monkeypatch.setattr(DatabaseRunStore, "exchange", refusing)
    with running(lease_seconds=1.0):
        eventually(lambda: is_over(good), what="the good run ends")
        eventually(lambda: is_over(bad), 30, what="the bad run ends")
    bad.refresh_from_db()
    assert (bad.status, bad.error["code"]) == ("failed", "worker_lost")


def test_a_commit_is_tried_again_until_the_database_is_back(
    spy: type[Spy], monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange, failures = DatabaseRunStore.exchange, iter(range(5))

    def flaky(self: Any, writes: Any, **options: Any) -> Any:
        if writes and next(failures, None) is not None:
            raise OperationalError("The database is away.")
        return exchange(self, writes, **options)

    monkeypatch.setattr(DatabaseRunStore, "exchange", flaky)
    run = run_to_rest(started(published(line(START, A))))
    assert (run.status, spy.turns["a"]) == ("succeeded", 1)


def test_a_plan_is_loaded_again_when_the_database_is_back(
    spy: type[Spy], monkeypatch: pytest.MonkeyPatch
) -> None:
    load, failures = plan_cache.plan_of_version, iter(range(2))

    def flaky(version_id: Any) -> Any:
        if next(failures, None) is not None:
            raise OperationalError("The database is away.")
        return load(version_id)

    monkeypatch.setattr(plan_cache, "plan_of_version", flaky)
    run = run_to_rest(started(published(line(START, A))))
    assert run.status == "succeeded"


def test_a_run_whose_row_is_damaged_fails_alone(spy: type[Spy]) -> None:
    flow = published(line(START, A))
    bad, good = started(flow), started(flow)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE flows_queueentry SET cursor = '{' WHERE run_id = %s", [key(bad.id)])
    with running():
        eventually(lambda: is_over(good) and is_over(bad), what="both end")
    assert Run.objects.get(id=bad.id).error["code"] == "damaged"
    assert Run.objects.get(id=good.id).status == "succeeded"


def test_a_cursor_that_makes_no_sense_fails_its_run_in_the_end(spy: type[Spy]) -> None:
    run = started(published(line(START, A)))
    QueueEntry.objects.filter(run=run).update(cursor={"nonsense": True}, owner="dead", lost_leases=2)
    run_to_rest(run)
    assert run.error["code"] == "worker_lost"


def test_an_odd_error_text_is_stored_on_both_databases(spy: type[Spy]) -> None:
    def odd(ctx: NodeContext, record: Record) -> Emit:
        ctx.log.info("a\0b")
        raise NodeError("odd", "It said \0 and \ud800.")

    spy.behaviours["a"] = odd
    run = run_to_rest(started(published(line(START, A))))
    assert run.error["code"] == "odd"


def test_a_runner_that_stops_gives_back_what_it_could_not_finish(
    spy: type[Spy], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "STOP_SECONDS", 0.2)
    run = started(published(line(START, ("a", "slow-spy", {"name": "a"}))))
    with running():
        eventually(lambda: spy.turns["a"], what="the slow node is at work")
    entry = QueueEntry.objects.get(run=run)
    assert entry.owner == ""
    assert entry.due_ms is not None
    assert entry.due_ms <= epoch_ms(datetime.now(UTC))


def test_a_runner_stops_while_the_database_is_away(spy: type[Spy], monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: Any, **options: Any) -> Any:
        raise OperationalError("The database is away.")

    monkeypatch.setattr(DatabaseRunStore, "exchange", away)
    with running() as one:
        eventually(lambda: one._ledger is not None, what="it runs")
        looked = one.last_look
        eventually(lambda: one.last_look > looked, what="a database that is away is a sign of life")


def test_log_messages_of_a_drive_carry_the_run(spy: type[Spy]) -> None:
    seen: list[dict[str, Any]] = []

    def look(ctx: NodeContext, record: Record) -> Emit:
        seen.append(structlog.contextvars.get_contextvars())
        return Emit("out", record)

    spy.behaviours["a"] = look
    run = run_to_rest(started(published(line(START, A))))
    assert seen == [{"run_id": str(run.id)}]


def test_the_watchdog_ends_a_process_whose_runner_stalled_and_no_other() -> None:
    ends: list[str] = []
    looks = iter(range(1000))
    lively = Watchdog(lambda: float(next(looks)), lambda: ends.append("lively"))
    stalled = Watchdog(lambda: 1.0, lambda: ends.append("stalled"))
    for _ in range(LOOKS_MISSED):
        lively.look()
        stalled.look()
    assert ends == []
    stalled.look()
    assert ends == ["stalled"]
