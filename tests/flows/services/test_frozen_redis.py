"""A Redis that hangs or is gone holds up nobody."""

import signal
import threading
import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from common.outages import Outage
from common.sockets import redis_address
from flows.services import hints, telling_watchers
from flows.services.doorbell import BELL, MOST_RINGS, Doorbell
from flows.services.telling_watchers import ChannelPublisher
from tests.support.valkey import Valkey

STATES = ("frozen", "gone")
RING = Doorbell.ring
"""The real one: other tests have theirs silenced."""


@pytest.fixture
def private() -> Iterator[Valkey]:
    server = Valkey()
    yield server
    server.server.process.send_signal(signal.SIGCONT)
    server.stop()


def harm(server: Valkey, state: str) -> None:
    if state == "frozen":
        server.server.process.send_signal(signal.SIGSTOP)
    else:
        server.kill()


@pytest.fixture
def bell(private: Valkey, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Doorbell:
    settings.REDIS = redis_address(private.url)
    monkeypatch.setattr(Doorbell, "ring", RING)
    return Doorbell()


@pytest.mark.parametrize("state", STATES)
def test_a_ring_never_blocks(private: Valkey, bell: Doorbell, state: str) -> None:
    bell.ring()
    with private.client() as client:
        wait_for(lambda: client.llen(BELL) == 1)
    harm(private, state)
    assert seconds_of(lambda: [bell.ring() for _ in range(1_000)]) < 0.5


def test_rings_that_nobody_hears_do_not_gather(private: Valkey, bell: Doorbell) -> None:
    for _ in range(MOST_RINGS + 2):
        bell._send()
    with private.client() as client:
        assert client.llen(BELL) == MOST_RINGS


def test_it_rings_again_when_redis_is_back(private: Valkey, bell: Doorbell) -> None:
    bell._send()
    private.kill()
    private.start()
    bell._send()
    with private.client() as client:
        assert client.llen(BELL) == 1


@pytest.mark.parametrize("state", STATES)
def test_a_hint_never_blocks(
    private: Valkey, state: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REDIS = redis_address(private.url)
    monkeypatch.setattr(telling_watchers, "SEND_SECONDS", 0.3)
    tried: list[object] = []
    monkeypatch.setattr(Outage, "failed", lambda self, error: tried.append(error))
    publisher = ChannelPublisher()
    harm(private, state)
    assert seconds_of(lambda: [publisher.changed([(uuid4(), uuid4())]) for _ in range(1_000)]) < 0.5
    wait_for(lambda: tried)
    publisher.changed([(uuid4(), uuid4())])
    wait_for(lambda: len(tried) > 1)
    assert all(thread.daemon for thread in threading.enumerate() if thread.name == "publisher")


def seconds_of(work: Any) -> float:
    begun = time.monotonic()
    work()
    return time.monotonic() - begun


def wait_for(condition: Any, seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def test_frozen_redis_is_said_once_and_once_when_it_is_back(
    private: Valkey, settings: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    settings.REDIS = redis_address(private.url)
    monkeypatch.setattr(telling_watchers, "SEND_SECONDS", 0.1)
    monkeypatch.setattr(telling_watchers, "REGISTRY_SECONDS", 0.0)
    monkeypatch.setattr(hints, "TRY_AGAIN_SECONDS", 0.0)
    tries: list[object] = []
    plain = Outage.failed
    monkeypatch.setattr(Outage, "failed", lambda self, error: (tries.append(error), plain(self, error)))
    publisher = ChannelPublisher()
    harm(private, "frozen")

    def goes_on() -> bool:
        publisher.changed([(uuid4(), uuid4())])
        return len(tries) >= 5

    def said() -> list[str]:
        thread = publisher._hints._thread  # publishers of other tests may speak at the same time
        return [record.message for record in caplog.records if thread and record.thread == thread.ident]

    wait_for(goes_on)
    assert said() == [
        "Redis does not answer the publisher (TimeoutError): live views follow up to two seconds later."
    ]
    private.server.process.send_signal(signal.SIGCONT)

    def is_back() -> bool:
        publisher.changed([(uuid4(), uuid4())])
        return any("answers the publisher again" in text for text in said())

    wait_for(is_back)
    assert len(said()) == 2
