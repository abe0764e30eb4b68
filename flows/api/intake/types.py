"""Events of unknown types, and payloads that do not fit, are refused before anything is stored."""

from collections.abc import Sequence
from typing import Any

from channels.db import database_sync_to_async

from common.problems import Problem
from flows.api.intake.work_pool import WorkPool
from flows.services.event_types import PayloadChecks, misfit
from flows.store.intake import NewEvent


class TypeCheck:
    """Checks the events of a request, in order."""

    def __init__(self, pool: WorkPool) -> None:
        self._checks = PayloadChecks()
        self._pool = pool

    async def check(self, events: Sequence[NewEvent], tenant_id: int | None) -> None:
        """Let a request pass, or not.

        Raises:
            Problem: 400 `unknown_event_type` or `payload_does_not_fit`, with the position.
        """
        many = len(events) > 1
        for place, event in enumerate(events):
            validator = self._checks.known(event.type, event.tenant_id)
            if validator is None:
                validator = await database_sync_to_async(self._checks.look_up)(event.type, event.tenant_id)
            _check_one(event, validator, place if many else None)


def _check_one(event: NewEvent, validator: Any, place: int | None) -> None:
    where = "" if place is None else f"Event {place}: "
    path = "" if place is None else f"{place}."
    extra = {} if place is None else {"position": place}
    if validator is False:
        raise Problem(
            400,
            "unknown_event_type",
            f"{where}There is no event type {event.type!r}.",
            hint="Define it under Events, or use one that the catalogue lists.",
            field=f"{path}type",
            extra=extra,
        )
    found = misfit(validator, event.payload)
    if found is not None:
        at, message = found
        raise Problem(
            400,
            "payload_does_not_fit",
            f"{where}The payload does not fit the event type: {message}.",
            hint="Look at the schema of the event type in the catalogue.",
            field=f"{path}payload.{at}".rstrip("."),
            extra=extra,
        )
