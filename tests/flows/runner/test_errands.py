"""Questions to a worker: answered once, in time, and after the death of a worker by another."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.actors import Actor
from accounts.models import Tenant, User
from accounts.roles import Permission
from common.problems import Problem
from flows.engine.errands import ErrandHost, OpenErrand, errand_kinds
from flows.models import Errand, Run
from flows.runner import errands as desk
from flows.sdk import Json, NodeError
from flows.services import errands
from flows.services.doorbell import QUESTIONS, Doorbell
from flows.services.errands import Question, Told, ask, errand_for, wait_for
from flows.store import errands as stored
from tests.support.flows import eventually, line, published, running, started

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
ADMIN = Actor.system()
Behaviour = Callable[[ErrandHost, OpenErrand], Any]


class Steered:
    """Does what the test says."""

    def __init__(self) -> None:
        self.behaviour: Behaviour = lambda host, errand: {"echo": errand.request}
        self.turns: list[OpenErrand] = []

    async def answer(self, host: ErrandHost, errand: OpenErrand) -> Json:
        self.turns.append(errand)
        found = self.behaviour(host, errand)
        return await found if asyncio.iscoroutine(found) else found


@pytest.fixture
def kind() -> Iterator[Steered]:
    made = Steered()
    errand_kinds.register("steered", made, "tests")  # type: ignore[arg-type]
    yield made
    errand_kinds.remove("steered")


def question(tenant_id: int | None = None, **more: Any) -> Question:
    return Question("steered", tenant_id, more.pop("request", {"q": 1}), Permission.edit_flows, **more)


def at_rest(errand: Errand) -> Told:
    return wait_for(errand, 10)


def raising(error: Exception) -> Behaviour:
    def behave(host: ErrandHost, errand: OpenErrand) -> Json:
        raise error

    return behave


def test_a_worker_answers(kind: Steered) -> None:
    with running():
        found = at_rest(ask(ADMIN, question()))
    assert (found.status, found.answer, found.error) == ("done", {"echo": {"q": 1}}, None)


def test_a_question_rings_the_bell_for_questions_and_no_other(
    kind: Steered, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[str] = []
    monkeypatch.setattr(Doorbell, "ring", lambda self: rung.append(self._bell))
    ask(ADMIN, question())
    assert rung == [QUESTIONS]


def test_a_refusal_of_the_kind_is_the_error(kind: Steered) -> None:
    kind.behaviour = raising(NodeError("no_project", "There is none.", hint="Make one.", retryable=True))
    with running():
        found = at_rest(ask(ADMIN, question()))
    assert found.status == "failed"
    assert found.error == {
        "code": "no_project",
        "message": "There is none.",
        "hint": "Make one.",
        "field": None,
        "retryable": True,
    }


def test_a_fault_of_the_kind_is_told_without_its_text(kind: Steered) -> None:
    kind.behaviour = raising(ValueError("hunter2"))
    with running():
        found = at_rest(ask(ADMIN, question()))
    assert found.error["code"] == "unexpected"
    assert "hunter2" not in str(found.error)


def test_what_takes_too_long_is_given_up(kind: Steered, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "TIME_LIMIT_SECONDS", 0.05)
    kind.behaviour = lambda host, errand: asyncio.sleep(60)
    with running():
        assert at_rest(ask(ADMIN, question())).error["code"] == "timed_out"


def test_an_answer_has_a_largest_size(kind: Steered, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "MAX_ANSWER_BYTES", 10)
    with running():
        assert at_rest(ask(ADMIN, question())).error["code"] == "answer_too_large"


def test_a_kind_that_no_worker_knows_is_told(kind: Steered) -> None:
    errand_kinds.remove("steered")
    with running():
        assert at_rest(ask(ADMIN, question())).error["code"] == "unexpected"


def test_another_worker_takes_what_a_dead_one_held(kind: Steered) -> None:
    errand = ask(ADMIN, question())
    (taken,) = stored.claim("dead", 5)
    assert stored.claim("other", 5) == []
    Errand.objects.update(lease_until=datetime.now(UTC) - timedelta(seconds=1))
    with running():
        assert at_rest(errand).status == "done"
    stored.finish("dead", taken, {"late": True})
    errand.refresh_from_db()
    assert errand.answer == {"echo": {"q": 1}}


def test_what_kills_workers_is_not_tried_for_ever(kind: Steered) -> None:
    errand = ask(ADMIN, question())
    for worker in ("first", "second"):
        assert len(stored.claim(worker, 5)) == 1
        Errand.objects.update(lease_until=datetime.now(UTC) - timedelta(seconds=1))
    assert stored.claim("third", 5) == []
    errand.refresh_from_db()
    assert errand.error["code"] == "worker_lost"


def test_a_worker_that_stops_gives_back_what_it_holds(kind: Steered) -> None:
    kind.behaviour = lambda host, errand: asyncio.sleep(60)
    errand = ask(ADMIN, question())
    with running():
        eventually(lambda: kind.turns)
    errand.refresh_from_db()
    assert (errand.status, errand.tries) == ("queued", 0)


def test_a_long_errand_keeps_its_lease(kind: Steered, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "RENEW_SECONDS", 0.0)
    kind.behaviour = lambda host, errand: asyncio.sleep(60)
    errand = ask(ADMIN, question())
    with running():
        eventually(lambda: kind.turns)
        first = Errand.objects.get(id=errand.id).lease_until
        eventually(lambda: Errand.objects.get(id=errand.id).lease_until > first)


def test_without_a_worker_the_reader_is_told_in_the_end(kind: Steered) -> None:
    errand = ask(ADMIN, question())
    assert not Told.of(errand).is_over
    errand.due_at = datetime.now(UTC) - timedelta(seconds=1)
    assert (Told.of(errand).is_over, Told.of(errand).error["code"]) == (True, "no_worker")


def test_two_workers_never_take_the_same(kind: Steered) -> None:
    for number in range(20):
        Errand.objects.create(
            kind="steered",
            permission="edit_flows",
            request={"n": number},
            made_at=datetime.now(UTC),
            due_at=datetime.now(UTC) + timedelta(seconds=40),
        )
    with running(), running():
        eventually(lambda: Errand.objects.filter(status="done").count() == 20)
    assert sorted(turn.request["n"] for turn in kind.turns) == list(range(20))


def test_equal_questions_share_an_answer_for_a_while(kind: Steered) -> None:
    first = ask(ADMIN, question(shared_by=["v1"]))
    assert ask(ADMIN, question(shared_by=["v1"])).id == first.id
    assert ask(ADMIN, question(shared_by=["v2"])).id != first.id
    assert ask(ADMIN, question(shared_by=["v1"], request={"q": 2})).id != first.id
    Errand.objects.filter(id=first.id).update(made_at=datetime.now(UTC) - errands.SHARED_FOR)
    assert ask(ADMIN, question(shared_by=["v1"])).id != first.id


def test_nobody_shares_the_answer_of_another_tenant(tenant: Tenant, other_tenant: Tenant) -> None:
    first = ask(ADMIN, question(tenant.pk, shared_by=[]))
    assert ask(ADMIN, question(other_tenant.pk, shared_by=[])).id != first.id


def test_a_failure_is_not_shared(kind: Steered) -> None:
    first = ask(ADMIN, question(shared_by=[]))
    Errand.objects.filter(id=first.id).update(status="failed", error={"code": "x"})
    assert ask(ADMIN, question(shared_by=[])).id != first.id


def test_a_user_has_a_budget_of_open_questions(tenant_admin: User, flow_editor: User) -> None:
    admin = Actor.of_user(tenant_admin)
    for _ in range(errands.MOST_OPEN_A_USER):
        ask(admin, question(tenant_admin.tenant_id))
    with pytest.raises(Problem) as refused:
        ask(admin, question(tenant_admin.tenant_id))
    assert (refused.value.status, refused.value.code) == (429, "too_many_questions")
    ask(Actor.of_user(flow_editor), question(tenant_admin.tenant_id))


def test_a_tenant_has_a_budget_of_open_questions(
    tenant_admin: User, outsider_admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(errands, "MOST_OPEN_A_TENANT", 1)
    ask(ADMIN, question(tenant_admin.tenant_id))
    with pytest.raises(Problem):
        ask(Actor.of_user(tenant_admin), question(tenant_admin.tenant_id))
    ask(Actor.of_user(outsider_admin), question(outsider_admin.tenant_id))


@pytest.mark.parametrize("who", ["viewer", "outsider_admin"])
def test_others_cannot_read_an_answer(who: str, tenant_admin: User, request: pytest.FixtureRequest) -> None:
    errand = ask(Actor.of_user(tenant_admin), question(tenant_admin.tenant_id))
    assert errand_for(Actor.of_user(tenant_admin), errand.id).id == errand.id
    with pytest.raises(Problem) as refused:
        errand_for(Actor.of_user(request.getfixturevalue(who)), errand.id)
    assert refused.value.status == 404


def test_who_may_not_ask_is_refused(viewer: User) -> None:
    with pytest.raises(Problem) as refused:
        ask(Actor.of_user(viewer), question(viewer.tenant_id))
    assert refused.value.status == 403


def test_old_answers_are_forgotten() -> None:
    errand = ask(ADMIN, question())
    assert stored.forget_old() == 0
    Errand.objects.filter(id=errand.id).update(made_at=datetime.now(UTC) - stored.KEEP)
    assert stored.forget_old() == 1


def test_a_page_waits_a_moment_only() -> None:
    begun = time.monotonic()
    assert wait_for(ask(ADMIN, question()), 0.2).status == "queued"
    assert time.monotonic() - begun < 2


def test_runs_go_on_beside_errands_that_block(kind: Steered) -> None:
    hold = threading.Event()

    async def block(host: ErrandHost, errand: OpenErrand) -> Json:
        async with host.turn({}) as ctx:
            return await host.call(lambda: hold.wait(10), ctx)

    kind.behaviour = block
    for number in range(desk.AT_ONCE):
        ask(ADMIN, question(request={"n": number}))
    run = started(published(line(("t", "spy-start", {}), ("a", "spy", {"name": "a"}))))
    with running():
        eventually(lambda: len(kind.turns) == desk.AT_ONCE)
        eventually(lambda: Run.objects.get(id=run.id).status == "succeeded")
        hold.set()
        eventually(lambda: Errand.objects.filter(status="done").count() == desk.AT_ONCE)
