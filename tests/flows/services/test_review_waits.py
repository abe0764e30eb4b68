"""Waits that people decide by reviews, and that outside systems answer: told once, answered once."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from accounts.models import AuditEntry
from common.problems import Problem
from flows.engine.review_desk import HeldReview
from flows.models import LogLine, QueueEntry, Run, Step
from flows.sdk import Emit, NodeError, Review, Suspend
from flows.services.callbacks import WAITS_PATH, Awaited, awaited
from flows.services.runs import cancel_open_runs, cancel_run
from flows.services.waits import answer_callback, answer_review, answer_wait, wait_of
from flows.store import reviews
from tests.support.flows import ADMIN, line, published, run_to_rest, started
from tests.support.spies import PollingSpy, spies

pytestmark = pytest.mark.django_db(transaction=True)
ASKED = Review("May it go on?", form=({"name": "cpu", "kind": "number"},))


class Desk:
    """Takes down what it hears."""

    def __init__(self) -> None:
        self.heard: list[HeldReview] = []
        self.ended: list[tuple[UUID, str]] = []

    def held(self, held: Any) -> None:
        """Steps wait."""
        self.heard += held

    def left(self, run_ids: Any, message: str) -> None:
        """Their runs ended."""
        self.ended += [(run_id, message) for run_id in run_ids]


@pytest.fixture(autouse=True)
def desk(monkeypatch):
    made = Desk()
    monkeypatch.setattr(reviews, "review_desk", lambda: made)
    with spies():
        yield made


def waiting(*, wait: Any = None, poll: Any = None, **options: Any) -> Run:
    """A run whose node waits; `poll` is what it does with the answer."""
    PollingSpy.behaviours["a"] = wait or (lambda *_: Suspend("review", on_time=None, review=ASKED))
    PollingSpy.polls["a"] = poll or (
        lambda ctx, record, wake: Emit("out", {"port": wake.port, "data": wake.data})
    )
    nodes = (("t", "spy-start", {}), ("a", "polling-spy", {"name": "a"}), ("b", "spy", {"name": "b"}))
    return run_to_rest(started(published(line(*nodes))), **options)


@transaction.atomic
def decide(run: Run, port: str = "continued", **more: Any) -> None:
    answer_review(
        **{"run_id": run.id, "node": "a", "port": port, "data": 1, "answer": "Ana said so.", **more}
    )


def code_of(do: Any, *args: Any, **more: Any) -> str:
    with pytest.raises(Problem) as caught:
        do(*args, **more)
    return caught.value.code


def test_the_desk_hears_what_people_are_asked_as_the_run_is_parked(desk):
    run = waiting()
    (held,) = desk.heard
    assert (held.run_id, held.node_id, held.node_name, held.review) == (run.id, "a", "A", ASKED)
    assert wait_of(run).answers == []


def test_a_desk_that_fails_leaves_no_run_parked_without_its_review(desk, monkeypatch):
    tries = []

    def held(found: Any) -> None:
        tries.append(found)
        if len(tries) == 1:
            raise ValueError("no room")

    monkeypatch.setattr(desk, "held", held)
    run = waiting(lease_seconds=1.0)
    assert (run.status, len(tries)) == ("waiting", 2)


def test_a_decision_gives_the_node_its_turn_with_port_and_data(desk):
    run = waiting()
    decide(run, data={"cpu": 4})
    run = run_to_rest(run)
    assert run.status == "succeeded"
    assert Step.objects.get(run=run, node_id="a").output == {"port": "continued", "data": {"cpu": 4}}
    assert LogLine.objects.filter(run=run, node_id="a", text="Ana said so.").count() == 1
    assert (len(desk.heard), desk.ended) == (1, [])


def test_a_second_decision_is_told_that_there_was_one():
    run = waiting()
    decide(run)
    assert code_of(decide, run, "cancelled") == "answered_already"


def test_a_review_is_decided_by_its_own_rules_alone():
    run = waiting()
    assert code_of(answer_wait, actor=ADMIN, run=run, node="a") == "cannot_be_answered"
    assert code_of(decide, run, "sideways") == "cannot_be_answered"
    assert code_of(decide, run, node="b") == "not_waiting"


def test_a_turn_that_fails_for_a_moment_keeps_the_decision():
    turns = []

    def poll(ctx, record, wake):
        turns.append((wake.port, wake.data))
        if len(turns) == 1:
            raise NodeError("away", "Away.", retryable=True)
        return Emit("out", record)

    PollingSpy.behaviours["a"] = lambda *_: Suspend("review", on_time=None, review=ASKED)
    PollingSpy.polls["a"] = poll
    nodes = (("t", "spy-start", {}), ("a", "polling-spy", {"name": "a"}))
    retry = {"retry": {"attempts": 3, "first": "1s"}}
    run = run_to_rest(started(published(line(*nodes, a=retry))))
    decide(run)
    assert run_to_rest(run).status == "succeeded"
    assert turns == [("continued", 1)] * 2


@pytest.mark.parametrize("end", ["run", "flow"])
def test_the_desk_hears_that_a_run_is_cancelled_and_why(desk, end):
    run = waiting()
    if end == "run":
        cancel_run(actor=ADMIN, run=run)
    else:
        with transaction.atomic():
            cancel_open_runs(run.flow, "The flow was deleted.")
    run_to_rest(run)
    ((told, message),) = desk.ended
    assert told == run.id
    assert message.endswith(("cancelled the run.", "was deleted."))


def test_a_run_that_is_cancelled_after_its_decision_leaves_nothing_behind(desk):
    run = waiting()
    decide(run)
    cancel_run(actor=ADMIN, run=run)
    run_to_rest(run)
    assert desk.ended == []


@pytest.mark.parametrize(
    "wait",
    [
        {"review": Review("x" * 300_000)},
        {"review": Review("a", shown=[("b", object())])},
        {"callback": True},
        {"review": ASKED, "until": timedelta(hours=1)},
        {"answers": ("sideways",), "callback": True},
    ],
)
def test_a_wait_that_cannot_be_kept_fails_the_step(desk, wait):
    def behaviour(ctx, _):
        until = ctx.clock.now() + wait["until"] if "until" in wait else None
        return Suspend("review", on_time=None, **{**wait, "until": until})

    run = waiting(wait=behaviour)
    assert (run.status, run.error["code"], desk.heard) == ("failed", "unexpected", [])


def called_back(*, rounds: int = 1) -> tuple[Run, list[Awaited]]:
    """A run that waits for an outside system, `rounds` times, and the waits that it gave addresses of."""
    given: list[Awaited] = []

    def ask(ctx: Any, *_: Any) -> Any:
        if len(given) == rounds:
            return Emit("out", {"done": True})
        address = ctx.callback_url()
        given.append(awaited(address.partition(WAITS_PATH)[2].strip("/")))
        return Suspend("callback", on_time=None, answers=("out",), callback=True)

    return waiting(wait=ask, poll=ask if rounds > 1 else None), given


def test_an_outside_system_answers_once():
    run, (address,) = called_back()
    answer_callback(address, None, {"ok": True})
    assert code_of(answer_callback, address, None, {}) == "answered_already"
    run = run_to_rest(run)
    assert Step.objects.get(run=run, node_id="a").output == {"port": "out", "data": {"ok": True}}
    assert AuditEntry.objects.get(verb="continued").actor_name == "An outside system"
    assert code_of(answer_callback, address, None, {}) == "run_is_over"


def test_an_address_is_good_for_its_own_round_only():
    run, given = called_back(rounds=2)
    answer_callback(given[0], None, 1)
    run = run_to_rest(run)
    assert code_of(answer_callback, given[0], None, 1) == "answered_already"
    answer_callback(given[1], None, 2)
    assert run_to_rest(run).status == "succeeded"


def test_an_answer_before_the_run_is_parked_is_told_to_come_again():
    run, (address,) = called_back()
    QueueEntry.objects.filter(run=run).update(owner="somebody")
    with pytest.raises(Problem) as caught:
        answer_callback(address, None, {})
    assert (caught.value.code, caught.value.extra) == ("not_waiting", {"retry_after": 1})
    QueueEntry.objects.filter(run=run).update(owner="")


def test_a_port_that_was_not_offered_is_refused():
    _, (address,) = called_back()
    assert code_of(answer_callback, address, "error", {}) == "cannot_be_answered"


@pytest.mark.parametrize("token", ["", "x", "W10:1:2", "x" * 5_000])
def test_a_token_that_we_did_not_make_leads_nowhere(token):
    assert awaited(token) is None
