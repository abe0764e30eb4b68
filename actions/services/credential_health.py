"""Whether credentials work: what a test found is kept, and those in use are tested again and again."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from actions.models import Credential, CredentialHealth
from actions.services.credential_tests import TEST, question_of
from actions.services.credential_uses import uses_of
from flows.models import Errand
from flows.sdk import JsonObject
from flows.services.errands import OPEN, hand_over

State = CredentialHealth.State
EVERY: Final = timedelta(minutes=15)
TRY_AGAIN: Final = timedelta(seconds=60)
"""After the other side did not answer."""
USED_WITHIN: Final = timedelta(days=1)
WARN_BEFORE: Final = timedelta(days=14)
SLOW_SECONDS: Final = 5.0
AT_ONCE: Final = 4
"""More tests of the sweepers are not open at a time."""
NEVER_TESTED: Final = "It was not tested yet."
_WAITS = {State.UNAVAILABLE: TRY_AGAIN}


@dataclass(frozen=True, slots=True)
class Health:
    """A credential's state for people.

    Args:
        text: what works, or what is wrong and what to do.
        days_left: until it expires, when that is soon; below zero when it has.
    """

    state: str
    text: str
    checked_at: datetime | None
    days_left: int | None


def health_of(row: Credential, now: datetime | None = None) -> Health:
    """How a credential stands. What was found of older values says nothing of the present ones."""
    moment = now or datetime.now(UTC)
    days_left = _days_left(row, moment)
    known: CredentialHealth | None = getattr(row, "health", None)
    if days_left is not None and days_left < 0:
        return Health(State.MISCONFIGURED, "It has expired. Put a new one in its place.", None, days_left)
    if known is None or known.version != row.version:
        return Health(State.UNKNOWN, NEVER_TESTED, None, days_left)
    state, text = known.state, known.text
    if known.error is not None:
        text = f"{known.error['message']} {known.error['hint']}".strip()
    elif days_left is not None:
        state, text = State.DEGRADED, f"{text} It expires in {days_text(days_left)}.".strip()
    return Health(str(state), text, known.checked_at, days_left)


def _days_left(row: Credential, now: datetime) -> int | None:
    if row.expires_at is None or row.expires_at - now > WARN_BEFORE:
        return None
    return (row.expires_at - now).days


def days_text(count: int) -> str:
    """A number of days in words."""
    return "less than a day" if count == 0 else f"{count} day{'' if count == 1 else 's'}"


def note_success(row: Credential, text: str, seconds: float) -> None:
    """The test went well."""
    if seconds > SLOW_SECONDS:
        _note(row, State.DEGRADED, f"{text} It took {seconds:.0f} seconds.", None)
    else:
        _note(row, State.AVAILABLE, text, None)


def note_failure(row: Credential, error: JsonObject) -> None:
    """The test failed: the other side may be back soon, or somebody has something to mend.

    Args:
        error: as `NodeError.as_json` gives it, without secrets.
    """
    _note(row, State.UNAVAILABLE if error["retryable"] else State.MISCONFIGURED, "", error)


def _note(row: Credential, state: State, text: str, error: JsonObject | None) -> None:
    now = datetime.now(UTC)
    before = CredentialHealth.objects.filter(pk=row.pk, version=row.version, state=state).first()
    CredentialHealth.objects.update_or_create(
        credential_id=row.pk,
        defaults={
            "state": state,
            "since": (before.since if before else None) or now,
            "version": row.version,
            "text": text[:1000],
            "error": error,
            "checked_at": now,
            "check_due_at": now + _WAITS.get(state, EVERY),
        },
    )


def check_due(now: datetime | None = None) -> int:
    """Have those tested that are in use and due; returns how many. Any number of workers may call it at once."""
    moment = now or datetime.now(UTC)
    CredentialHealth.objects.bulk_create(
        (
            CredentialHealth(credential=row, check_due_at=moment)
            for row in Credential.objects.filter(health=None)[:100]
        ),
        ignore_conflicts=True,
    )
    room = (
        AT_ONCE - Errand.objects.filter(kind=TEST, asked_by=None, status__in=OPEN, due_at__gt=moment).count()
    )
    due = CredentialHealth.objects.filter(check_due_at__lte=moment).select_related("credential")
    return sum(_check(found, moment) for found in due.order_by("check_due_at")[: max(0, room)])


def _check(found: CredentialHealth, now: datetime) -> bool:
    """Whoever moves the time on first has the check to do."""
    mine = CredentialHealth.objects.filter(pk=found.pk, check_due_at=found.check_due_at)
    if not mine.update(check_due_at=now + EVERY):
        return False
    row = found.credential
    is_hopeless = found.state == State.MISCONFIGURED and found.version == row.version
    if is_hopeless or not _is_in_use(row, now):
        return False
    hand_over(question_of(row), asked_by=None)
    return True


def _is_in_use(row: Credential, now: datetime) -> bool:
    if row.last_used_at is not None and now - row.last_used_at < USED_WITHIN:
        return True
    return any(use.is_live for use in uses_of(row))
