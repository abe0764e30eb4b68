"""Trigger conditions, tried before the transaction that stores the event, and paid for."""

from collections.abc import Iterable
from contextlib import suppress

from flows.sdk.work import COMPARISON_WORK, Budget, TooExpensive, paid_from
from flows.store.fates import fate_of, heard_by
from flows.store.new_events import NewEvent
from flows.store.trigger_index import Listener, TriggerIndex

CONDITION_WORK = 100
"""The least that a condition costs."""

IN_TRANSACTION_WORK = 500_000
"""For events that a change of our own tells of: its transaction is under way, and others wait for it."""

TOO_EXPENSIVE = "The trigger's condition was not tried: the conditions on this event cost too much work."


def needs_verdicts(index: TriggerIndex, event: NewEvent) -> list[Listener]:
    """The listeners whose condition was not tried yet on this event."""
    return [
        listener
        for listener in heard_by(index, event)
        if listener.condition is not None and listener.version_id not in event.verdicts
    ]


def is_judged(index: TriggerIndex, event: NewEvent) -> bool:
    """Whether nothing is left to try on it."""
    is_settled = event.fate is not None and event.fate.generation == index.generation
    return is_settled or not needs_verdicts(index, event)


def settle(index: TriggerIndex, events: Iterable[NewEvent]) -> None:
    """Work out what the transaction would else work out for each event, which is long for many of them."""
    for event in events:
        event.payload_text()
        with suppress(
            KeyError
        ):  # triggers changed meanwhile, and a verdict is missing: the transaction finds it out
            event.fate = fate_of(index, event)


def judge(index: TriggerIndex, event: NewEvent, units: int = COMPARISON_WORK) -> int:
    """Try every condition on the event. The flows of each owner share one budget, so none uses up another's.

    Args:
        units: for each owner.

    Returns:
        The units that were spent.
    """
    budgets: dict[int | None, Budget] = {}
    for listener in needs_verdicts(index, event):
        budget = budgets.setdefault(listener.tenant_id, Budget(units))
        try:
            event.verdicts[listener.version_id] = _verdict(listener, event, budget)
        except TooExpensive:
            event.verdicts[listener.version_id] = TOO_EXPENSIVE
    return sum(units - budget.left for budget in budgets.values())


def judge_quickly(index: TriggerIndex, events: Iterable[NewEvent], units: int) -> bool:
    """Try every condition on the events as far as the units go; False when they were too few for that."""
    budget = Budget(units)
    try:
        for event in events:
            for listener in needs_verdicts(index, event):
                event.verdicts[listener.version_id] = _verdict(listener, event, budget)
    except TooExpensive:
        return False
    return True


def _verdict(listener: Listener, event: NewEvent, budget: Budget) -> str:
    budget.spend(CONDITION_WORK)
    with paid_from(budget):
        return listener.refusal(event.payload) or ""
