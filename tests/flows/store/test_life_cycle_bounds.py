"""What life-cycle events may cost, and how many of them one run makes."""

from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from flows.models import Event, Run
from flows.store import accepting, life_cycle
from flows.store.fates import MAX_DEPTH
from flows.store.journal import DatabaseRunStore
from flows.store.trigger_index import TriggerIndex
from tests.support.flows import run_to_rest
from tests.support.life_cycle import happens, hook, told, worker
from tests.support.rows import finished

pytestmark = pytest.mark.django_db(transaction=True)


class TestNoAvalanche:
    """Runs that life-cycle events start."""

    def test_three_hooks_and_one_run_make_the_expected_few(self) -> None:
        worker()
        for event in ("workflow_queued", "workflow_started", "workflow_succeeded"):
            hook(event)
        run = happens()
        run_to_rest(run)
        for one in Run.objects.all():
            run_to_rest(one)
        assert Counter(Run.objects.values_list("status", flat=True)) == {"succeeded": 4}
        assert told() == ["workflow_queued", "workflow_started", "workflow_succeeded"]

    def test_a_flow_that_asks_for_it_tells_and_the_depth_guard_holds(self) -> None:
        worker()
        hook("workflow_queued", tells_own_life=True)
        happens()
        assert Run.objects.count() == 1 + MAX_DEPTH
        last = Event.objects.filter(type="workflow_queued").latest("id")
        assert (last.depth, last.outcomes[0]["result"]) == (MAX_DEPTH + 1, "loop_guard")

    def test_many_flows_that_ask_for_it_are_cut_in_one_transaction(self) -> None:
        worker()
        for _ in range(4):
            hook("workflow_queued", tells_own_life=True)
        happens()
        assert Run.objects.count() <= 1 + 4 * (1 + accepting.MOST_CHAINED)
        cut = Event.objects.filter(type="workflow_queued", run_count=0).first()
        assert "at once" in cut.outcomes[0]["message"]

    def test_a_flow_with_many_open_runs_starts_no_others_by_its_own_life(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(life_cycle, "MOST_OPEN", 3)
        worker()
        hook("workflow_queued", tells_own_life=True)
        happens()
        assert Run.objects.count() == 1 + 3


class TestCost:
    """While nobody listens."""

    @pytest.fixture
    def asked(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """What was asked of the database for the sake of life-cycle events."""
        asked: list[str] = []
        renew, read = TriggerIndex.refresh, life_cycle._rows
        monkeypatch.setattr(
            TriggerIndex, "refresh", lambda *args: (asked.append("generation"), renew(*args))[1]
        )
        monkeypatch.setattr(life_cycle, "_rows", lambda *args: (asked.append("runs"), read(*args))[1])
        return asked

    def test_an_event_asks_nothing_more(self, asked: list[str]) -> None:
        worker()
        with CaptureQueriesContext(connection) as seen:
            happens()
        statements = [one["sql"].strip() for one in seen.captured_queries]
        (read,) = [sql for sql in statements[:-1] if sql.startswith("SELECT")]  # the last is the test's own
        assert "flows_trigger" in read
        assert asked == []

    def test_a_commit_of_many_runs_asks_one_small_thing(self, asked: list[str]) -> None:
        worker()
        runs = [happens() for _ in range(5)]
        store = DatabaseRunStore()
        _, claimed = store.exchange([], owner="w", claim=5, lease_seconds=9, suspect=True)
        assert asked == ["generation"]
        happens()
        asked.clear()
        ends = [finished(one.run_id, one.fence) for one in claimed]
        store.exchange(ends, owner="w", claim=5, lease_seconds=9, suspect=True)
        assert asked == ["generation"]
        assert set(Run.objects.filter(id__in=[run.id for run in runs]).values_list("status", flat=True)) == {
            "succeeded"
        }

    def test_a_commit_that_changes_no_run_asks_nothing(self, asked: list[str]) -> None:
        DatabaseRunStore().exchange([], owner="w", claim=5, lease_seconds=9, suspect=True)
        assert asked == []

    def test_with_a_listener_the_runs_of_a_commit_are_read_together(self, asked: list[str]) -> None:
        worker()
        hook("workflow_started")
        for _ in range(5):
            happens()
        DatabaseRunStore().exchange([], owner="w", claim=5, lease_seconds=9, suspect=True)
        assert asked == ["generation", "runs"]
