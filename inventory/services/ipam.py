"""Taking addresses from ranges and giving them back.

An address is never given twice: who gives one takes turns, a free one is claimed by an UPDATE that only one
caller can win, a new one is made while its range is locked, and what an overlapping range gave is left out.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from accounts import audit
from accounts.actors import Actor
from accounts.models import User
from accounts.scope import visible
from common.problems import Problem, bad_value, conflict
from flows.sdk import Json, JsonObject
from inventory.address_tables import IPV4_ADDRESSES, IPV6_ADDRESSES
from inventory.columns import public_row
from inventory.models import IPv4Address, IPv4Range, IPv6Address, IPv6Range, RangeScope
from inventory.services.networks import Address, Pool, Taken, need_not_given, take_turns, taken_beside

WINDOW = 256


class Family(StrEnum):
    """The version of the protocol."""

    ipv4 = "ipv4"
    ipv6 = "ipv6"

    @property
    def label(self) -> str:
        return "IPv4" if self is Family.ipv4 else "IPv6"


@dataclass(frozen=True, slots=True)
class Wish:
    """Whom an address is for.

    Args:
        family: IPv4 or IPv6.
        node: the node that the address must work on; empty when it does not matter.
        user_id: the user who gets it, or None.
    """

    family: Family
    node: str = ""
    user_id: int | None = None


def address_model(family: Family) -> type[IPv4Address | IPv6Address]:
    """The table of the family's addresses."""
    return IPv4Address if family is Family.ipv4 else IPv6Address


def allocate(wish: Wish, *, actor: Actor) -> JsonObject:
    """Take a free address, and give its row.

    Ranges of the user come first, then those of the node, then global ones; the tenant's own before the
    platform's; in each, an address that is listed as free before a new one.

    Returns:
        The row under the columns of the addresses' table, with `gateway` and its subnet's size in `subnet`.

    Raises:
        Problem: 400 `unknown_user`, 409 `pool_exhausted`.
    """
    tenant_id = _tenant_for(wish, actor)
    with transaction.atomic():
        take_turns()
        for pool in ranges_for(wish, tenant_id):
            taken = taken_beside(pool)
            address = _claim(pool, tenant_id, taken) or _derive(pool, tenant_id, taken)
            if address is not None:
                audit.record(
                    actor,
                    "allocated",
                    f"{wish.family.value}_address",
                    str(address.pk),
                    tenant_id=address.tenant_id,
                    changes={"ip": address.ip, "node": wish.node, "user": wish.user_id},
                )
                return described(address, pool)
    raise _exhausted(wish)


def peek(wish: Wish, *, actor: Actor) -> JsonObject:
    """The address that `allocate` would give now; nothing is changed.

    Raises:
        Problem: as `allocate`.
    """
    tenant_id = _tenant_for(wish, actor)
    for pool in ranges_for(wish, tenant_id):
        taken = taken_beside(pool)
        free = next((free for free in _free(pool).iterator() if not taken.meets(pool, free.ip)), None)
        if free is not None:
            return described(free, pool)
        offset = _next_free(pool, taken)
        if offset is not None:
            return described(_new(pool, pool.at(offset), tenant_id), pool)
    raise _exhausted(wish)


def ranges_for(wish: Wish, tenant_id: int | None) -> list[Any]:
    """The ranges that an address for this wish may come from, best first."""
    model = IPv4Range if wish.family is Family.ipv4 else IPv6Range
    fitting = Q(scope=RangeScope.everywhere)
    if wish.node:
        fitting |= Q(scope=RangeScope.node)
    if wish.user_id is not None:
        fitting |= Q(scope=RangeScope.user, user_id=wish.user_id)
    owners = Q(tenant__isnull=True) | Q(tenant_id=tenant_id)
    found = [
        pool
        for pool in model.objects.filter(fitting, owners).order_by("id")
        if pool.scope != RangeScope.node or wish.node in pool.node_names
    ]
    rank = {RangeScope.user: 0, RangeScope.node: 1, RangeScope.everywhere: 2}
    return sorted(found, key=lambda pool: (rank[RangeScope(pool.scope)], pool.tenant_id is None, pool.pk))


def described(address: Address, pool: Pool) -> JsonObject:
    """An address as flows see it after an allocation."""
    table = IPV4_ADDRESSES if isinstance(address, IPv4Address) else IPV6_ADDRESSES
    return {**public_row(table.flow_columns, address), "subnet": pool.size, "gateway": pool.gateway}


def attach(address: Address, tenant_id: int | None) -> None:
    """Mark an address as used by a server of the tenant.

    Raises:
        Problem: 409 `address_taken`: an overlapping range gave it to somebody.
    """
    rows = type(address)._default_manager.filter(pk=address.pk)
    if not address.in_use:
        take_turns()
        need_not_given(address)
        rows = rows.filter(in_use=False)
    if not rows.update(in_use=True, tenant_id=tenant_id):
        raise conflict(
            "address_taken",
            f"The address {address.ip} was given to somebody a moment ago.",
            hint="Take another address.",
            field="ip",
        )


def release(address: Address) -> None:
    """Give an address back to its range."""
    owner = address.range.tenant_id
    type(address)._default_manager.filter(pk=address.pk).update(in_use=False, tenant_id=owner)


def _tenant_for(wish: Wish, actor: Actor) -> int | None:
    """Who will own the address: the actor's tenant, for the platform the user's."""
    if wish.user_id is None:
        return actor.tenant_id
    user = visible(User, actor).filter(pk=wish.user_id).first()
    if user is None:
        raise bad_value(
            "unknown_user",
            f"There is no user {wish.user_id}.",
            hint="Name a user's id.",
            field="user_id",
        )
    return user.tenant_id


def known_user(value: Json) -> int | None:
    """The id of a user, when the value is one."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 2**63:
        return None
    return value if User.objects.filter(pk=value).exists() else None


def _free(pool: Pool) -> QuerySet[Any]:
    return pool.addresses.filter(in_use=False, server__isnull=True).order_by("id")


def _claim(pool: Pool, tenant_id: int | None, taken: Taken) -> Address | None:
    """Take an address that is listed as free; None when there is none."""
    can_skip = connection.features.has_select_for_update_skip_locked
    refused: list[int] = []
    while True:
        free = _free(pool).exclude(pk__in=refused)
        free = free.select_for_update(skip_locked=True, of=("self",)) if can_skip else free
        address: Address | None = free.first()
        if address is None:
            return None
        if taken.meets(pool, address.ip):
            refused.append(address.pk)
            continue
        won = type(address)._default_manager.filter(pk=address.pk, in_use=False)
        if won.update(in_use=True, tenant_id=tenant_id):
            address.in_use, address.tenant_id = True, tenant_id
            return address


def _derive(pool: Pool, tenant_id: int | None, taken: Taken) -> Address | None:
    """Make the next address of a range that was never listed; None when the range is used up."""
    if pool.next_offset >= pool.capacity:
        return None
    held: Pool = type(pool)._default_manager.select_for_update(of=("self",)).get(pk=pool.pk)
    offset = _next_free(held, taken)
    held.next_offset = held.capacity if offset is None else offset + 1
    held.save(update_fields=["next_offset"])
    if offset is None:
        return None
    address = _new(held, held.at(offset), tenant_id)
    address.save()
    return address


def _next_free(pool: Pool, taken: Taken) -> int | None:
    """The first offset from the range's mark on that is neither reserved, listed nor taken; None: used up."""
    for start in range(pool.next_offset, pool.capacity, WINDOW):
        end = min(start + WINDOW, pool.capacity)
        window = {offset: pool.at(offset) for offset in range(start, end)}
        listed = set(pool.addresses.filter(ip__in=window.values()).values_list("ip", flat=True))
        for offset, address in window.items():
            if address in listed or pool.is_reserved(address) or taken.meets(pool, address):
                continue
            return offset
    return None


def _new(pool: Pool, ip: str, tenant_id: int | None) -> Address:
    model: type[Any] = IPv4Address if isinstance(pool, IPv4Range) else IPv6Address
    address: Address = model(range=pool, ip=ip, in_use=True, tenant_id=tenant_id, is_demo=pool.is_demo)
    return address


def _exhausted(wish: Wish) -> Problem:
    place = f" for node {wish.node}" if wish.node else ""
    return conflict(
        "pool_exhausted",
        f"No {wish.family.label} address is free{place}.",
        hint="Add an IPAM range, or give back addresses that are no longer used.",
    )
