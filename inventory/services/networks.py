"""Which ranges share a network, and what is taken in it.

A node's network holds the ranges of that node, and every global and every user's range. Ranges of two nodes may
have the same addresses; any other two never overlap.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from accounts.actors import Actor
from accounts.scope import readable
from common.problems import conflict
from inventory.models import IPv4Address, IPv4Range, IPv6Address, IPv6Range, RangeScope

Pool = IPv4Range | IPv6Range
Address = IPv4Address | IPv6Address
_LOCK = 0x49_50_41_4D


def take_turns() -> None:
    """Let whoever changes ranges or gives addresses wait for the others, until the transaction ends.

    SQLite's transactions take turns by themselves. Take the turn before any row is locked.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def rivals_of(pool: Pool) -> list[Pool]:
    """The other ranges that have some of the same addresses in a network of this range."""
    first, last = pool.span
    found: Iterable[Pool] = type(pool)._default_manager.exclude(pk=pool.pk).order_by("pk")
    return [
        other
        for other in found
        if other.span[0] <= last and first <= other.span[1] and _share_a_network(pool, other)
    ]


def _share_a_network(one: Pool, other: Pool) -> bool:
    if RangeScope.node not in (one.scope, other.scope) or one.scope != other.scope:
        return True
    nodes = ({name.casefold() for name in pool.node_names} for pool in (one, other))
    return not set.isdisjoint(*nodes)


def need_no_rival(pool: Pool, actor: Actor) -> None:
    """Hold that a range overlaps none in a network of its own.

    Raises:
        Problem: 409 `range_overlaps`; a range that the actor cannot see is not named.
    """
    rivals = rivals_of(pool)
    if not rivals:
        return
    known: type[Any] = type(pool)
    seen = readable(known, actor).filter(pk__in=[rival.pk for rival in rivals]).first()
    raise conflict(
        "range_overlaps",
        f"This overlaps the range {seen}." if seen else "This overlaps a range of somebody else.",
        hint="Choose addresses that no range in the network of the same node has.",
        field="start" if isinstance(pool, IPv4Range) else "network",
    )


@dataclass(frozen=True, slots=True)
class Taken:
    """Spans of addresses that are in use, in order and apart."""

    firsts: list[int]
    lasts: list[int]

    def meets(self, pool: Pool, ip: str) -> bool:
        """Whether what the range gives at that address is in use already."""
        first, last = pool.span_at(ip)
        at = bisect_right(self.firsts, last) - 1
        return at >= 0 and self.lasts[at] >= first


def taken_beside(pool: Pool) -> Taken:
    """What the rivals of a range have given. Only ranges from before the rule have rivals."""
    rivals = rivals_of(pool)
    spans = sorted(
        rival.span_at(ip)
        for rival in rivals
        for ip in rival.addresses.filter(in_use=True).values_list("ip", flat=True)
    )
    taken = Taken([], [])
    for first, last in spans:
        if taken.lasts and first <= taken.lasts[-1]:
            taken.lasts[-1] = max(last, taken.lasts[-1])
        else:
            taken.firsts.append(first)
            taken.lasts.append(last)
    return taken


def need_not_given(address: Address) -> None:
    """Hold that no overlapping range gave the address to somebody.

    Raises:
        Problem: 409 `address_taken`.
    """
    if taken_beside(address.range).meets(address.range, address.ip):
        raise conflict(
            "address_taken",
            f"The address {address.ip} is in use in an overlapping range.",
            hint="Take another address, and set the ranges apart.",
            field="ip",
        )
