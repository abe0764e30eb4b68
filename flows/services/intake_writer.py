"""The group commit of events that come from outside."""

from collections.abc import Sequence

import structlog
from django.db import IntegrityError

from common import metrics
from flows.services.doorbell import doorbell
from flows.store.accepting import insert_events, stored_before
from flows.store.database import written_by_hand
from flows.store.group_commit import GroupCommit
from flows.store.new_events import Accepted, KeyReused, NewEvent
from flows.store.patience import AWAY
from flows.store.trigger_index import TriggerIndex
from flows.store.verdicts import is_judged

MOST_EVENTS_A_COMMIT = 2_000
LARGE_REQUEST = 100
"""A request of more events has a commit of its own, and small ones that came meanwhile go before it."""
PAUSES = (0.02, 0.04, 0.08, 0.16)

logger = structlog.get_logger(__name__)


class IntakeUnavailable(Exception):
    """The database does not take events now; nothing was stored."""


class NotJudged(Exception):
    """Triggers changed meanwhile, and some condition was not tried on the events; nothing was stored."""


class DedupConflict(Exception):
    """An event repeats a dedup key with another body; nothing of its request was stored.

    Args:
        position: which event of the request, from 0.
        dedup_key: the key.
    """

    def __init__(self, position: int, dedup_key: str) -> None:
        super().__init__(dedup_key)
        self.position = position
        self.dedup_key = dedup_key


events_counted = metrics.counter(
    "hookflow_intake_events", "Events that the intake answered, by what became of them.", ["result"]
)


class IntakeWriter:
    """One writer thread a process.

    Attributes:
        index: the triggers as they were at the last commit: what events are judged by before they are handed over.
    """

    def __init__(self) -> None:
        self.index = TriggerIndex()
        self._commits: GroupCommit[list[NewEvent], list[Accepted]] = GroupCommit(
            "intake",
            self._store,
            lambda: PAUSES,
            # Another process may have stored the same key meanwhile.
            passing=(IntegrityError, *AWAY),
            weight=len,
            most=MOST_EVENTS_A_COMMIT,
            large=LARGE_REQUEST,
        )

    async def accept(self, events: list[NewEvent]) -> list[Accepted]:
        """Store the events of one request; returns after the commit.

        Args:
            events: judged by `index`.

        Raises:
            DedupConflict: nothing was stored.
            NotJudged: nothing was stored; judge them again.
            IntakeUnavailable: nothing was stored.
        """
        try:
            accepted = await self._commits.put(events)
        except NotJudged:
            raise
        except DedupConflict:
            events_counted.labels("conflict").inc()
            raise
        except Exception as error:
            if not isinstance(error, AWAY):
                logger.exception("intake_failed")
            events_counted.labels("unavailable").inc()
            raise IntakeUnavailable from error
        repeated = sum(one.is_duplicate for one in accepted)
        events_counted.labels("accepted").inc(len(accepted) - repeated)
        events_counted.labels("duplicate").inc(repeated)
        return accepted

    def close(self) -> None:
        """Answer what was handed over before, and end the thread."""
        self._commits.close()

    def _store(
        self, requests: Sequence[list[NewEvent]], /, *, is_repeated: bool
    ) -> list[list[Accepted] | Exception]:
        with written_by_hand() as cursor:
            self.index.refresh(cursor)
            is_ready = [all(is_judged(self.index, event) for event in events) for events in requests]
            stored = [
                event for events, ready in zip(requests, is_ready, strict=True) if ready for event in events
            ]
            # The first try may have been committed although its answer never came.
            outcomes: Sequence[Accepted | KeyReused] = stored_before(cursor, stored) if is_repeated else ()
            left = iter(outcomes or insert_events(cursor, self.index, stored))
            answers: list[list[Accepted] | Exception] = [
                [_accepted(place, next(left)) for place in range(len(events))] if ready else NotJudged()
                for events, ready in zip(requests, is_ready, strict=True)
            ]
        doorbell.ring()
        return answers


def _accepted(position: int, outcome: Accepted | KeyReused) -> Accepted:
    """What was stored; a conflict undoes the transaction."""
    if isinstance(outcome, KeyReused):
        raise DedupConflict(position, outcome.dedup_key)
    return outcome


intake_writer = IntakeWriter()
