"""Balances."""

from decimal import Decimal

import pytest

from accounts.actors import Actor
from accounts.models import User
from common.problems import Problem
from inventory.models import Balance, BalanceEntry
from inventory.services.balances import add_balance, remove_balance, writer
from tests.inventory.conftest import Emitted


def test_adding_and_removing_fires_with_what_the_user_has_now(
    customer: User, system: Actor, emitted: Emitted
) -> None:
    add_balance(customer, Decimal("20"), actor=system)
    balance = remove_balance(customer, Decimal("4.50"), actor=system, description="Backup")
    assert [(name, payload["balance"], tenant) for name, payload, tenant in emitted] == [
        ("account.balance_added", 20, customer.tenant_id),
        ("account.balance_removed", 15.5, customer.tenant_id),
    ]
    assert emitted[0][1] == {"id": balance.pk, "userid": customer.pk, "balance": 20}
    assert [entry.amount for entry in BalanceEntry.objects.order_by("id")] == [20, Decimal("-4.50")]


@pytest.mark.parametrize("who", ["platform_admin", "tenant_admin"])
def test_neither_fires_when_an_admin_did_it(
    request: pytest.FixtureRequest, customer: User, emitted: Emitted, who: str
) -> None:
    admin = Actor.of_user(request.getfixturevalue(who))
    add_balance(customer, Decimal("20"), actor=admin)
    remove_balance(customer, Decimal("20"), actor=admin)
    assert not emitted
    assert BalanceEntry.objects.count() == 2


def test_setting_a_balance_counts_the_difference(customer: User, system: Actor, emitted: Emitted) -> None:
    balance = add_balance(customer, Decimal("20"), actor=system)
    writer.update(balance, actor=system, values={"balance": Decimal("20")})
    writer.update(balance, actor=system, values={"balance": Decimal("5")})
    assert [name for name, _, _ in emitted] == ["account.balance_added", "account.balance_removed"]


@pytest.mark.parametrize("amount", ["0", "-1"])
def test_an_amount_is_above_zero(customer: User, system: Actor, amount: str) -> None:
    with pytest.raises(Problem) as refused:
        add_balance(customer, Decimal(amount), actor=system)
    assert refused.value.field == "amount"


def test_an_amount_that_is_too_large_changes_nothing(customer: User, system: Actor) -> None:
    with pytest.raises(Problem) as refused:
        add_balance(customer, Decimal("1e12"), actor=system)
    assert refused.value.code == "invalid"
    assert not Balance.objects.exists()


def test_another_tenants_user_is_out_of_reach(other_customer: User, system: Actor) -> None:
    with pytest.raises(Problem) as refused:
        add_balance(other_customer, Decimal("1"), actor=system)
    assert refused.value.code == "other_tenant"
