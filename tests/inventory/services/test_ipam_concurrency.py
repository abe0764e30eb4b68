"""Many allocations at once, on the database, in threads."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import close_old_connections, connections

from accounts.actors import Actor
from common.problems import Problem
from flows.sdk import JsonObject
from inventory.models import AppliedEffect, IPv4Address, IPv4Range, IPv6Range
from inventory.services.effects import _turn, once
from inventory.services.ipam import Family, Wish, allocate
from inventory.services.writers import writer_of

THREADS = 20
ALLOCATIONS = 200

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(work: Callable[[int], JsonObject], times: int = ALLOCATIONS) -> list[JsonObject]:
    """Call `work` that often in threads that start together, each with a connection of its own."""
    start = Barrier(THREADS)

    def share(first: int) -> list[JsonObject]:
        start.wait()
        try:
            return [work(number) for number in range(first, times, THREADS)]
        finally:
            connections.close_all()

    close_old_connections()
    with ThreadPoolExecutor(THREADS) as pool:
        return [row for rows in pool.map(share, range(THREADS)) for row in rows]


def taken(number: int, family: Family = Family.ipv4) -> JsonObject:
    return once(f"run-{number}", lambda: allocate(Wish(family), actor=Actor.system()))


def test_an_address_is_never_given_twice_when_ranges_make_them() -> None:
    IPv4Range.objects.create(start="10.0.0.0", end="10.0.0.255", subnet=24, gateway="10.0.0.1")
    rows = at_once(taken)
    assert len({row["ip"] for row in rows}) == len({row["id"] for row in rows}) == ALLOCATIONS
    assert IPv4Address.objects.filter(in_use=True).count() == ALLOCATIONS


def test_an_address_is_never_given_twice_when_they_are_listed() -> None:
    pool = IPv4Range.objects.create(start="10.0.0.0", end="10.0.0.255", subnet=24)
    IPv4Address.objects.bulk_create(
        IPv4Address(range=pool, ip=f"10.0.0.{number}") for number in range(1, 151)
    )
    rows = at_once(taken)
    assert len({row["ip"] for row in rows}) == ALLOCATIONS
    assert IPv4Address.objects.count() == ALLOCATIONS


def test_a_subnet_is_never_given_twice() -> None:
    IPv6Range.objects.create(network="2001:db8::", prefix=48, target=64, gateway="2001:db8::1")
    rows = at_once(lambda number: taken(number, Family.ipv6))
    assert len({row["ip"] for row in rows}) == ALLOCATIONS


def test_of_overlapping_ranges_that_are_made_at_once_one_is_left() -> None:
    def made(number: int) -> JsonObject:
        ends = {"start": f"10.0.0.{number % 7}", "end": f"10.0.0.{20 + number % 5}", "subnet": 24}
        try:
            with _turn():
                return {"pk": writer_of(IPv4Range).create(actor=Actor.system(), values=ends).pk}
        except Problem as problem:
            return {"code": problem.code}

    answers = at_once(made, times=40)
    assert [answer for answer in answers if "pk" in answer] == [{"pk": IPv4Range.objects.get().pk}]
    assert {answer.get("code") for answer in answers if "pk" not in answer} == {"range_overlaps"}


def test_overlapping_ranges_from_before_the_rule_never_give_an_address_twice() -> None:
    for start in (0, 50, 100):
        IPv4Range.objects.create(start=f"10.0.0.{start}", end=f"10.0.0.{start + 150}", subnet=16)
    rows = at_once(taken)
    assert len({row["ip"] for row in rows}) == ALLOCATIONS


def test_one_step_repeated_at_the_same_time_takes_one_address() -> None:
    IPv4Range.objects.create(start="10.0.0.0", end="10.0.0.255", subnet=24)
    rows = at_once(lambda number: taken(number % 4), times=80)
    assert len({row["ip"] for row in rows}) == 4
    assert IPv4Address.objects.count() == AppliedEffect.objects.count() == 4
