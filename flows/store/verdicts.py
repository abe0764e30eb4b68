"""Trigger conditions, tried before the transaction that stores the event, and paid for."""

from collections.abc import Iterable

from flows.sdk.work import COMPARISON_WORK, Budget, TooExpensive, paid_from
from flows.store.intake import NewEvent, heard_by
from flows.store.triggers import Listener, TriggerIndex

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
