"""What the policy of a task has come to, carried out: it ends, reminds, asks others, or waits on."""

from datetime import datetime
from typing import Any

from accounts.actors import Actor
from approvals.models import Answer, Task
from approvals.policy.facts import State, Verdict
from approvals.services import asking, ending
from approvals.services.policies import verdict_of
from approvals.services.reviewers import overriders
from approvals.services.trail import write_down

PORTS = {State.continued: "continued", State.cancelled: "cancelled", State.expired: "expired"}
POLICY = "The policy"


def settle(task: Task, now: datetime, *, by: str = "", message: str = "") -> Verdict | None:
    """Do what its policy says by now. Inside the transaction that holds the task, and any number of times.

    Args:
        by: whose answer it was; empty: time has passed.
        message: what went with that answer.
    """
    verdict = verdict_of(task, now=now)
    if verdict is None:
        return None
    if verdict.state is State.unsatisfiable:
        verdict = _ask_others(task, verdict, now)
    port = PORTS.get(verdict.state)
    if port is None:
        _note(task, verdict, now)
        task.due_at, task.changed_at = verdict.next_at, now
        task.save(update_fields=["due_at", "changed_at", "reviewers", "form_answers"])
        asking.keep(task, verdict)
        return verdict
    # Time may have decided before the answer came: then it was not this answer.
    is_theirs = bool(by) and verdict.code != "deadline"
    words = message if is_theirs else verdict.reason
    ending.end(task, ending.Ending(port, words, by if is_theirs else POLICY, now))
    if not is_theirs:
        state = ["QUEUEING", task.state]
        _write_down(task, port, message=verdict.reason, state=state)
    return verdict


def _ask_others(task: Task, verdict: Verdict, now: datetime) -> Verdict:
    """Nobody is left who could decide by the policy: ask those who may decide the tasks of others."""
    people = sorted(overriders(task.tenant_id) - {task.requester_id})
    if not people:
        return verdict
    _say(task, Answer.Kind.ESCALATE, verdict, now, message=verdict.reason, to_users=people)
    _write_down(task, "escalated", message=verdict.reason, to_users=people)
    return verdict_of(task, now=now) or verdict


def _note(task: Task, verdict: Verdict, now: datetime) -> None:
    """Remind and escalate, each time once: what was noted for a moment is not noted for it again."""
    done = {
        (kind, stage, at)
        for kind, stage, at in task.answers.filter(way=Answer.Way.POLICY).values_list("kind", "stage", "at")
    }
    if verdict.level and (Answer.Kind.ESCALATE, verdict.stage, verdict.since) not in done:
        _say(task, Answer.Kind.ESCALATE, verdict, verdict.since, message=f"Asked level {verdict.level + 1}.")
        _write_down(task, "escalated", stage=verdict.stage, level=verdict.level)
    past = [at for at in verdict.reminders if at <= now]
    sent = [at for kind, stage, at in done if kind == Answer.Kind.REMIND and stage == verdict.stage]
    if past and not any(at >= past[-1] for at in sent):
        # After an outage one reminder is enough for all that were missed.
        _say(task, Answer.Kind.REMIND, verdict, past[-1])


def _say(task: Task, kind: Answer.Kind, verdict: Verdict, at: datetime, **more: object) -> None:
    given = {"task": task, "kind": kind, "way": Answer.Way.POLICY, "at": at, "stage": verdict.stage}
    Answer.objects.create(**{**given, "user_name": POLICY, **more})


def _write_down(task: Task, verb: str, **told: Any) -> None:
    write_down(Actor.system(), task, verb, way=Answer.Way.POLICY.value, **told)
