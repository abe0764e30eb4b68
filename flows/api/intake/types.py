"""Events of unknown types, and payloads that do not fit, are refused before anything is stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from channels.db import database_sync_to_async

from common.problems import Problem
from flows.api.intake.work_pool import WorkPool
from flows.sdk.events import is_reserved
from flows.sdk.schema import Misfit
from flows.sdk.work import Budget, TooExpensive
from flows.services.payload_checks import (
    CHECK_WORK,
    RESERVED_TYPE,
    KnownType,
    PayloadChecks,
    too_much_work,
)
from flows.store.new_events import NewEvent

QUICK_WORK = 50_000
"""Units for the payloads of a request on the loop: half a millisecond. What needs more has a thread."""


class TypeCheck:
    """Checks the events of a request, in order."""

    def __init__(self, pool: WorkPool) -> None:
        self._checks = PayloadChecks()
        self._pool = pool

    async def check(self, events: Sequence[NewEvent], tenant_id: int | None) -> None:
        """Let a request pass, or not.

        Args:
            tenant_id: who pays for long checks.

        Raises:
            Problem: 400 `unknown_event_type`, `reserved_event_type` or `payload_does_not_fit`, 409
                `event_type_unusable`, with the position; 413 or 429 `too_much_work`.
        """
        many = len(events) > 1
        checked: list[_Checked] = []
        for place, event in enumerate(events):
            checked.append(_Checked(event, await self._known(event), place if many else None))
            if checked[-1].known is None:
                break  # it is refused; the types of the others need not be looked up
        try:
            _check_all(checked, QUICK_WORK)
        except TooExpensive:
            await self._pool.run(tenant_id, partial(_check_all_or_refuse, checked))

    async def _known(self, event: NewEvent) -> KnownType | None:
        known = self._checks.known(event.type, event.tenant_id)
        if known is not None:
            return known
        found: KnownType | None = await database_sync_to_async(self._checks.look_up)(
            event.type, event.tenant_id
        )
        return found


@dataclass(frozen=True, slots=True)
class _Checked:
    event: NewEvent
    known: KnownType | None
    place: int | None

    def problem(self, status: int, code: str, message: str, hint: str, field: str, **extra: Any) -> Problem:
        """With the position of the event, when there are several."""
        where, path = ("", "") if self.place is None else (f"Event {self.place}: ", f"{self.place}.")
        position = {} if self.place is None else {"position": self.place}
        return Problem(
            status, code, where + message, hint=hint, field=path + field, extra={**position, **extra}
        )


def _check_all_or_refuse(checked: Sequence[_Checked]) -> None:
    try:
        _check_all(checked, CHECK_WORK)
    except TooExpensive:
        raise too_much_work() from None


def _check_all(checked: Sequence[_Checked], units: int) -> None:
    budget = Budget(units)
    for one in checked:
        _check(one, budget)


def _check(one: _Checked, budget: Budget) -> None:
    if one.known is None:
        raise one.problem(
            400,
            "unknown_event_type",
            f"There is no event type {one.event.type!r}.",
            "Define it under Events, or use one that the catalogue lists.",
            "type",
        )
    if is_reserved(one.event.type):
        raise one.problem(400, *RESERVED_TYPE, "type")
    try:
        misfits = one.known.misfits(one.event, budget)
    except Problem as problem:
        raise one.problem(problem.status, problem.code, problem.message, problem.hint, "type") from None
    if misfits:
        raise one.problem(
            400,
            "payload_does_not_fit",
            f"The payload does not fit the event type: {misfits[0].sentence}.",
            "Look at the schema of the event type in the catalogue.",
            _field(misfits[0]),
            errors=[{"field": _field(misfit), "message": f"{misfit.sentence}."} for misfit in misfits],
        )


def _field(misfit: Misfit) -> str:
    return f"payload.{misfit.path}".rstrip(".")
