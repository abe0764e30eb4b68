"""Writing balances: every change is an entry, and tells flows unless an admin made it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.actors import Actor
from accounts.models import User
from common.problems import bad_value
from flows.sdk import JsonObject
from inventory.models import Balance, BalanceEntry
from inventory.services.emitting import emit
from inventory.services.payloads import balance_payload
from inventory.services.rows import Writer, tenant_of


class BalanceWriter(Writer[Balance]):
    """Balances; setting one adds or removes the difference. `values` may hold a `description` for the entry."""

    def created(self, row: Balance, *, actor: Actor, values: Mapping[str, Any]) -> None:
        """What is there from the start counts as added."""
        self._entered(row, row.balance, actor, str(values.get("description", "")))

    def updated(self, row: Balance, *, actor: Actor, values: Mapping[str, Any], before: JsonObject) -> None:
        """Write the difference down and tell of it."""
        self._entered(row, row.balance - before["balance"], actor, str(values.get("description", "")))

    def _entered(self, balance: Balance, amount: Decimal, actor: Actor, description: str) -> None:
        if not amount:
            return
        BalanceEntry.objects.create(
            balance=balance, amount=amount, description=description[:500], made_by=actor.name[:254]
        )
        if not actor.is_admin:
            name = "account.balance_added" if amount > 0 else "account.balance_removed"
            emit(name, balance_payload(balance), tenant_id=tenant_of(balance))


writer = BalanceWriter(Balance)


def add_balance(user: User, amount: Decimal, *, actor: Actor, description: str = "") -> Balance:
    """Add to what a user has; `account.balance_added` fires unless an admin does it.

    Raises:
        Problem: 400 `invalid`: the amount is not above zero, or the sum is too large.
    """
    return _change(user, _above_zero(amount), actor, description)


def remove_balance(user: User, amount: Decimal, *, actor: Actor, description: str = "") -> Balance:
    """Take from what a user has, below zero too; `account.balance_removed` fires unless an admin does it.

    Raises:
        Problem: 400 `invalid`: the amount is not above zero, or the sum is too large.
    """
    return _change(user, -_above_zero(amount), actor, description)


def _above_zero(amount: Decimal) -> Decimal:
    if amount <= 0:
        raise bad_value("invalid", "The amount must be above zero.", hint="Write 12.50.", field="amount")
    return amount


def _change(user: User, amount: Decimal, actor: Actor, description: str) -> Balance:
    with transaction.atomic():
        found = Balance.objects.select_for_update().filter(user=user).first()
        if found is None:
            return writer.create(
                actor=actor, values={"user": user, "balance": amount, "description": description}
            )
        return writer.update(
            found, actor=actor, values={"balance": found.balance + amount, "description": description}
        )
