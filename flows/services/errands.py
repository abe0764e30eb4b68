"""Asks a worker what a page needs to know of the outside, and reads the answer."""

import hashlib
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import orjson
from django.db import transaction
from django.db.models import Q

from accounts.actors import Actor
from accounts.roles import Permission
from accounts.scope import visible
from common.problems import Problem, not_found
from flows.engine.errands import LATE
from flows.models import Errand
from flows.sdk import Json, JsonObject
from flows.services.doorbell import question_bell, ring_on_commit

DUE: Final = timedelta(seconds=40)
MOST_OPEN_A_USER: Final = 12
MOST_OPEN_A_TENANT: Final = 48
SHARED_FOR: Final = timedelta(seconds=60)
WAIT_SECONDS: Final = 1.0
LOOK_SECONDS: Final = 0.06
OPEN: Final = (Errand.Status.QUEUED, Errand.Status.RUNNING)


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask.

    Args:
        kind: a name in `errand_kinds`.
        tenant_id: whose credentials may be used; None for the platform.
        request: plain JSON without secrets.
        permission: what whoever reads the answer must be allowed to do.
        shared_by: what the answer depends on beside the request, such as the version of a credential; None: nobody
            else gets this answer.
    """

    kind: str
    tenant_id: int | None
    request: JsonObject
    permission: Permission
    shared_by: Json | None = None

    @property
    def fingerprint(self) -> str:
        if self.shared_by is None:
            return ""
        told = orjson.dumps(
            [self.kind, self.tenant_id, self.request, self.shared_by], option=orjson.OPT_SORT_KEYS
        )
        return hashlib.sha256(told).hexdigest()


@dataclass(frozen=True, slots=True)
class Told:
    """A question as whoever asked it sees it: one that nobody took in time has failed."""

    id: UUID
    kind: str
    status: str
    answer: Json
    error: JsonObject | None

    @classmethod
    def of(cls, errand: Errand) -> "Told":
        status, error = errand.status, errand.error
        if status in OPEN and errand.due_at < datetime.now(UTC):
            status, error = Errand.Status.FAILED, LATE.as_json()
        return cls(errand.id, errand.kind, str(status), errand.answer, error)

    @property
    def is_over(self) -> bool:
        """Whether there is an answer, or will never be one."""
        return self.status not in OPEN


def ask(actor: Actor, question: Question) -> Errand:
    """Hand the question to a worker. An equal one that is open, or was answered a moment ago, is taken instead.

    Raises:
        Problem: 403 `not_allowed`; 429 `too_many_questions`.
    """
    actor.need(question.permission)
    now = datetime.now(UTC)
    if (found := _shared(question, now)) is not None:
        return found
    with transaction.atomic():
        _hold_budget(actor, question.tenant_id, now)
        return hand_over(question, asked_by=actor.user_id, now=now)


def hand_over(question: Question, *, asked_by: int | None, now: datetime | None = None) -> Errand:
    """Hand a question to a worker without a look at budgets: the caller has one of its own.

    Args:
        asked_by: the user; None for the program itself.
    """
    moment = now or datetime.now(UTC)
    errand = Errand.objects.create(
        kind=question.kind,
        tenant_id=question.tenant_id,
        permission=question.permission.value,
        asked_by=asked_by,
        request=question.request,
        fingerprint=question.fingerprint,
        made_at=moment,
        due_at=moment + DUE,
    )
    ring_on_commit(question_bell)
    return errand


def wait_for(errand: Errand, seconds: float = WAIT_SECONDS) -> Told:
    """The errand as it is when it is answered, or when the time is over. Blocks; not for transactions."""
    end = time.monotonic() + seconds
    while errand.status in OPEN and time.monotonic() < end:
        time.sleep(LOOK_SECONDS)
        errand.refresh_from_db()
    return Told.of(errand)


def errand_for(actor: Actor, errand_id: UUID | str) -> Told:
    """An errand that the actor can reach.

    Raises:
        Problem: 404 `not_found`, equal for foreign, unknown and forgotten ids.
    """
    errand = visible(Errand, actor).filter(id=errand_id).first()
    if errand is None or not actor.may(Permission(errand.permission)):
        raise not_found("There is no such question.", hint="Answers are kept for some minutes. Ask again.")
    return Told.of(errand)


def _shared(question: Question, now: datetime) -> Errand | None:
    if not question.fingerprint:
        return None
    return (
        Errand.objects.filter(fingerprint=question.fingerprint, made_at__gt=now - SHARED_FOR, due_at__gt=now)
        .exclude(status=Errand.Status.FAILED)
        .order_by("-made_at")
        .first()
    )


def _hold_budget(actor: Actor, tenant_id: int | None, now: datetime) -> None:
    waiting = Errand.objects.filter(status__in=OPEN, due_at__gt=now)
    if (
        waiting.filter(Q(asked_by=actor.user_id)).count() >= MOST_OPEN_A_USER
        or waiting.filter(Q(tenant_id=tenant_id)).count() >= MOST_OPEN_A_TENANT
    ):
        raise Problem(
            429,
            "too_many_questions",
            "Too many questions to outside systems are open.",
            hint="Wait until they are answered, then try again.",
            extra={"retry_after": 5},
        )
