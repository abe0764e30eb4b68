"""Waits of runs as people see and end them. An answer is one guarded update: the first wins, the others are told so."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts import audit
from accounts.actors import Actor
from accounts.roles import Permission
from common.problems import Problem, conflict
from flows.engine.cursor import Cursor, Suspension
from flows.models import QueueEntry, Run
from flows.sdk import Json
from flows.sdk.results import REVIEW_PORTS
from flows.services.callbacks import Awaited
from flows.services.waking import wake_run


@dataclass(frozen=True, slots=True)
class Wait:
    """What a run waits for.

    Args:
        since: when the node began to wait; None where that was not kept.
        until: None waits for someone.
        answers: the ports behind which a person who may run flows can let it go on now; none of a review.
        countdown: whether the live view counts down to `until`.
    """

    node: str
    reason: str
    since: datetime | None
    until: datetime | None
    answers: list[str]
    countdown: bool


def wait_of(run: Run) -> Wait | None:
    """What the run waits for; None when no node of it waits."""
    if run.status != Run.Status.WAITING:
        return None
    entry = QueueEntry.objects.filter(run_id=run.id, owner="").only("cursor").first()
    wait = Cursor.from_json(entry.cursor).suspension if entry and entry.cursor else None
    if wait is None:
        return None
    answers = [] if wait.review else wait.answers
    return Wait(wait.node, wait.reason, wait.since, run.due_at, answers, wait.countdown)


def answer_wait(*, actor: Actor, run: Run, node: str, port: str = "out") -> Run:
    """Let a run that waits go on behind a port, before its time.

    Raises:
        Problem: 409 `answered_already`, `not_waiting`, `cannot_be_answered`.
    """
    actor.need(Permission.run_flows)
    answer = f"{actor.name} let the run go on before its time."
    with transaction.atomic():
        wake_run(run.id, lambda cursor: _take(_wait_at(cursor, node), port, answer))
        _write_down(actor, run, node, port)
    run.refresh_from_db()
    return run


def answer_review(*, run_id: UUID, node: str, port: str, data: Json, answer: str) -> None:
    """Tell a run what people decided, in the transaction of the decision.

    Args:
        port: one of `REVIEW_PORTS`.
        answer: who decided, as a sentence for the log.

    Raises:
        Problem: 409 `answered_already`, `not_waiting`.
    """

    def say(cursor: Cursor | None) -> None:
        wait = _wait_at(cursor, node)
        if not wait.review or port not in REVIEW_PORTS:
            raise _cannot_be_answered(wait, port)
        _need_unanswered(wait)
        wait.take(port, data, answer)

    wake_run(run_id, say)


def answer_callback(awaited: Awaited, port: str | None, data: Json) -> None:
    """What an outside system says to the wait that it was given the address of.

    Args:
        port: one of those that the node offered; None is the first of them.

    Raises:
        Problem: 409 `answered_already`, `not_waiting` (as long as it has not begun to wait, with `retry_after`);
            410 `run_is_over`; 409 `cannot_be_answered`.
    """
    with transaction.atomic():
        run = Run.objects.filter(id=awaited.run_id).select_related("flow").first()
        if run is None or run.finished_at is not None:
            raise Problem(410, "run_is_over", "The run has ended, so nobody waits for this any more.")

        def say(cursor: Cursor | None) -> None:
            wait = cursor.suspension if cursor else None
            if wait is None or wait.node != awaited.node or not wait.callback or wait.rounds < awaited.rounds:
                raise _not_yet()
            if wait.rounds > awaited.rounds:
                raise conflict("answered_already", "This address was used already; it counts once.")
            _take(wait, port or wait.answers[0], "An outside system answered.", data)

        wake_run(run.id, say)
        actor = Actor(user_id=None, tenant_id=run.flow.tenant_id, role=None, name="An outside system")
        _write_down(actor, run, awaited.node, port or "")


def _write_down(actor: Actor, run: Run, node: str, port: str) -> None:
    changes = {"node": node, "port": port}
    audit.record(actor, "continued", "run", str(run.id), tenant_id=run.tenant_id, changes=changes)


def _wait_at(cursor: Cursor | None, node: str) -> Suspension:
    wait = cursor.suspension if cursor else None
    if wait is None or wait.node != node:
        raise conflict("not_waiting", "This step does not wait any more.", hint="Load the run again.")
    return wait


def _take(wait: Suspension, port: str, answer: str, data: Json = None) -> None:
    _need_unanswered(wait)
    if wait.review or port not in wait.answers:
        raise _cannot_be_answered(wait, port)
    wait.take(port, data, answer)


def _need_unanswered(wait: Suspension) -> None:
    if wait.answer:
        raise conflict("answered_already", wait.answer, hint="Load the run again.")


def _cannot_be_answered(wait: Suspension, port: str) -> Problem:
    if wait.review:
        return conflict(
            "cannot_be_answered",
            "People decide on this step in the review queue.",
            hint="Continue or cancel its task, or cancel the run.",
        )
    return conflict(
        "cannot_be_answered",
        "This step cannot be continued by hand." if not wait.answers else f"There is no answer {port!r}.",
        hint="Wait until its time has come, or cancel the run.",
    )


def _not_yet() -> Problem:
    return conflict(
        "not_waiting",
        "The step does not wait at the moment.",
        hint="It may be on its way there: send it again in a moment.",
        extra={"retry_after": 1},
    )
