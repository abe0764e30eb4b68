"""So many requests at once in Django, whoever sends them; the rest wait."""

import asyncio
import itertools
from types import SimpleNamespace
from typing import Any

import pytest

from hookflow_site import gate as gate_module
from hookflow_site.asgi import django
from hookflow_site.gate import Gate
from tests.support.asgi import Answer, send


class Slow:
    """An application that answers when it is let go, and knows how many were in it."""

    def __init__(self) -> None:
        self.going = asyncio.Event()
        self.now = self.most = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await self.going.wait()
            if scope["path"] == "/broken":
                raise RuntimeError
        finally:
            self.now -= 1
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


def ask(gate: Gate, path: str = "/") -> asyncio.Task[Answer]:
    return asyncio.create_task(send(gate, "GET", path))


async def test_so_many_at_once_and_the_rest_in_turn():
    slow = Slow()
    gate = Gate(slow, at_once=3, a_sender=20)
    asked = [ask(gate) for _ in range(20)]
    while slow.now < 3:
        await asyncio.sleep(0)
    slow.going.set()
    assert {(await one).status for one in asked} == {200}
    assert slow.most <= 3


async def test_who_waits_too_long_is_told_to_come_again():
    slow = Slow()
    gate = Gate(slow, at_once=1, wait_seconds=0.05)
    first, second = ask(gate), ask(gate)
    answer = await second
    assert (answer.status, answer.problem["code"], answer.headers["retry-after"]) == (503, "busy", "5")
    slow.going.set()
    assert (await first).status == 200


async def test_a_turn_is_given_back_when_the_application_breaks():
    slow = Slow()
    slow.going.set()
    gate = Gate(slow, at_once=1, wait_seconds=1)
    await asyncio.gather(*[ask(gate, "/broken") for _ in range(3)], return_exceptions=True)
    assert (await ask(gate)).status == 200


def sent_by(gate: Gate, path: str, address: str, **headers: str) -> asyncio.Task[Answer]:
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    return asyncio.create_task(send(gate, "GET", path, headers=pairs, client=address))


async def test_one_sender_leaves_places_for_the_others():
    slow = Slow()
    gate = Gate(slow, at_once=10, an_address=4, a_sender=2, wait_seconds=5)
    greedy = [sent_by(gate, "/", "192.0.2.1", authorization="Bearer a") for _ in range(8)]
    while slow.now < 2:
        await asyncio.sleep(0)
    neighbours = [
        sent_by(gate, "/", "192.0.2.1", cookie="theme=dark; sessionid=b"),
        sent_by(gate, "/", "192.0.2.1", cookie="sessionid=c"),
        sent_by(gate, "/", "198.51.100.1", authorization="Bearer a"),
    ]
    while slow.now < 5:
        await asyncio.sleep(0)
    for _ in range(20):
        await asyncio.sleep(0)
    assert slow.now == 5
    slow.going.set()
    assert {(await one).status for one in (*greedy, *neighbours)} == {200}


async def test_what_computes_for_one_sender_is_done_one_after_the_other():
    slow = Slow()
    gate = Gate(slow)
    pairs = [(b"authorization", b"Bearer a")]
    asked = [asyncio.create_task(send(gate, "POST", "/", headers=pairs)) for _ in range(4)]
    for _ in range(50):
        await asyncio.sleep(0)
    assert slow.now == 1
    reading = sent_by(gate, "/", "127.0.0.1", authorization="Bearer a")
    while slow.now < 2:
        await asyncio.sleep(0)
    slow.going.set()
    assert {(await one).status for one in (*asked, reading)} == {200}


async def test_whoever_was_computed_for_long_leaves_the_place_empty_for_longer(
    monkeypatch: pytest.MonkeyPatch,
):
    clock, rests = itertools.count(0, 0.5), []

    async def rest(seconds: float) -> None:
        rests.append(seconds)

    monkeypatch.setattr(gate_module, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    monkeypatch.setattr(gate_module.asyncio, "sleep", rest)
    slow = Slow()
    slow.going.set()
    await send(Gate(slow), "POST", "/", headers=[(b"authorization", b"Bearer a")])
    await send(Gate(slow), "GET", "/", headers=[(b"authorization", b"Bearer a")])
    assert rests == [gate_module.REST * 0.5]


async def test_an_address_has_a_share_whatever_credentials_it_invents():
    slow = Slow()
    gate = Gate(slow, at_once=10, an_address=3, a_sender=2, wait_seconds=5)
    asked = [sent_by(gate, "/", "192.0.2.1", cookie=f"sessionid={number}") for number in range(9)]
    while slow.now < 3:
        await asyncio.sleep(0)
    for _ in range(20):
        await asyncio.sleep(0)
    assert slow.most == 3
    slow.going.set()
    assert {(await one).status for one in asked} == {200}
    assert not gate._senders._lanes
    assert not gate._addresses._lanes


def test_django_is_behind_it():
    assert isinstance(django, Gate)
