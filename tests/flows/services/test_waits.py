"""A wait that a person ends before its time: the first wins, and the run says who it was."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.actors import Actor
from accounts.models import AuditEntry
from common.problems import Problem
from flows.models import LogLine, QueueEntry, Run
from flows.sdk import Suspend
from flows.services.runs import cancel_run
from flows.services.waits import answer_wait, wait_of
from tests.support.flows import ADMIN, eventually, line, published, run_to_rest, running, started
from tests.support.spies import Spy, spies

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = timedelta(hours=1)
ANA = Actor(user_id=None, tenant_id=None, role=None, name="Ana")


@pytest.fixture(autouse=True)
def spy():
    with spies() as registered:
        yield registered


def parked(**wait: Any) -> Run:
    """A run whose node waits for an hour; the worker that parked it is gone."""
    Spy.behaviours["a"] = lambda ctx, *_: Suspend("sleep", ctx.clock.now() + HOUR, **wait)
    run = started(
        published(line(("t", "spy-start", {}), ("a", "spy", {"name": "a"}), ("b", "spy", {"name": "b"})))
    )
    with running():
        eventually(lambda: Run.objects.get(id=run.id).wait_reason == "sleep", what="the run waits")
    run.refresh_from_db()
    return run


def refused(run: Run, **more: Any) -> Problem:
    with pytest.raises(Problem) as caught:
        answer_wait(actor=ADMIN, run=run, **{"node": "a", **more})
    return caught.value


def test_a_wait_tells_its_node_its_time_and_what_may_be_answered():
    run = parked(answers=("out",), countdown=True)
    wait = wait_of(run)
    assert (wait.node, wait.reason, wait.answers, wait.countdown) == ("a", "sleep", ["out"], True)
    assert wait.until == run.due_at
    assert isinstance(wait.since, datetime)
    assert HOUR - timedelta(seconds=5) < wait.until - wait.since <= HOUR + timedelta(seconds=1)


def test_an_answer_lets_the_run_go_on_with_another_worker_and_says_who_it_was():
    run = parked(answers=("out",))
    answer_wait(actor=ANA, run=run, node="a")
    run = run_to_rest(run)
    assert run.status == "succeeded"
    assert wait_of(run) is None
    texts = LogLine.objects.filter(run=run, node_id="a").values_list("text", flat=True)
    assert "Ana let the run go on before its time." in texts
    entry = AuditEntry.objects.get(verb="continued")
    assert (entry.target, entry.target_id, entry.changes) == (
        "run",
        str(run.id),
        {"node": "a", "port": "out"},
    )


def test_the_second_answer_is_told_who_was_first():
    run = parked(answers=("out",))
    answer_wait(actor=ANA, run=run, node="a")
    problem = refused(run)
    assert (problem.status, problem.code) == (409, "answered_already")
    assert problem.message.startswith("Ana let")
    assert AuditEntry.objects.filter(verb="continued").count() == 1


@pytest.mark.parametrize(
    ("wait", "asked", "code"),
    [
        ({}, {}, "cannot_be_answered"),
        ({"answers": ("out",)}, {"port": "error"}, "cannot_be_answered"),
        ({"answers": ("out",)}, {"node": "b"}, "not_waiting"),
    ],
)
def test_what_the_node_does_not_allow_is_refused_and_changes_nothing(wait, asked, code):
    run = parked(**wait)
    before = QueueEntry.objects.get(run=run).cursor
    assert refused(run, **asked).code == code
    assert QueueEntry.objects.get(run=run).cursor == before


def test_a_run_that_a_worker_holds_or_that_is_over_does_not_wait():
    run = parked(answers=("out",))
    QueueEntry.objects.filter(run=run).update(owner="somebody")
    assert refused(run).code == "not_waiting"
    QueueEntry.objects.filter(run=run).update(owner="")
    cancel_run(actor=ADMIN, run=run)
    assert refused(run).code == "not_waiting"
