"""100,000 sleeping runs are rows: they cost the claim nothing, and a due one among them is picked up in time."""

import resource
import time
from datetime import UTC, datetime

import pytest
from django.db import connection

from flows.models import Event, QueueEntry, Run
from flows.store import queue
from flows.store.accepting import EVENT_COLUMNS, QUEUE_COLUMNS, RUN_COLUMNS
from flows.store.database import epoch_ms, insert_rows, key, moment
from flows.store.new_events import NewEvent
from tests.support.flows import eventually, line, published, running, started
from tests.support.spies import spies

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]
COUNT = 100_000


def put_to_sleep(flow: object, count: int) -> None:
    """So many runs that wait for a time far ahead."""
    now, flow_id, version_id = datetime.now(UTC), key(flow.id), key(flow.published_id)  # type: ignore[attr-defined]
    event = key(NewEvent("a.b", {}, None, "t").id)
    ids = [key(NewEvent("a.b", {}, None, "t").id) for _ in range(count)]
    ahead = epoch_ms(now) + 86_400_000
    with connection.cursor() as cursor:
        insert_rows(
            cursor,
            "flows_event",
            EVENT_COLUMNS,
            [(event, None, "a.b", "t", None, "", "", "{}", moment(now), None, 0, None, count)],
        )
        insert_rows(
            cursor,
            "flows_run",
            RUN_COLUMNS,
            (
                (
                    one,
                    flow_id,
                    version_id,
                    None,
                    event,
                    "waiting",
                    moment(now),
                    None,
                    "sleep",
                    "",
                    None,
                    False,
                )
                for one in ids
            ),
        )
        insert_rows(
            cursor,
            "flows_queueentry",
            QUEUE_COLUMNS,
            ((one, flow_id, None, False, ahead + place, "", 1, 0, False) for place, one in enumerate(ids)),
        )
        cursor.execute("ANALYZE")


def plan_of_claim() -> str:
    """How the database finds what is due."""
    explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    with connection.cursor() as cursor:
        cursor.execute(
            f"{explain} SELECT run_id FROM flows_queueentry WHERE {queue.CLAIMABLE} ORDER BY due_ms LIMIT 200",
            [epoch_ms(datetime.now(UTC))],
        )
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


def megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def test_100_000_sleeping_runs_cost_a_runner_nothing() -> None:
    with spies() as spy:
        flow = published(line(("t", "spy-start", {}), ("a", "spy", {"name": "a"})))
        put_to_sleep(flow, COUNT)
        assert QueueEntry.objects.count() == COUNT
        assert "queue_due" in plan_of_claim()
        with running():
            time.sleep(2)
            before, run = megabytes(), started(flow)
            begun = time.monotonic()
            eventually(lambda: Run.objects.get(id=run.id).status == "succeeded", what="the due one is done")
            assert time.monotonic() - begun < 5
            assert megabytes() - before < 30
        assert spy.turns["a"] == 1
        assert Event.objects.count() == 2
