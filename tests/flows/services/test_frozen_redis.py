"""A Redis that hangs or is gone holds up nobody."""

import signal
import threading
import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from celery import Celery

from common.outages import Outage
from common.sockets import redis_address
from flows.services import doorbell as doorbell_module
from flows.services import publishing
from flows.services.doorbell import RING_TASK, Doorbell
from flows.services.publishing import ChannelPublisher
from hookflow_site.celery_options import celery_options
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


@pytest.mark.parametrize("state", STATES)
def test_a_ring_never_blocks(private: Valkey, state: str, monkeypatch: pytest.MonkeyPatch) -> None:
    app = Celery("test", set_as_current=False)
    app.conf.update(celery_options(redis_address(private.url)))
    monkeypatch.setattr(doorbell_module, "current_app", app)
    monkeypatch.setattr(Doorbell, "ring", RING)
    bell = Doorbell()
    bell.ring()
    with private.client() as client:
        wait_for(lambda: client.llen("celery") == 1)
        assert RING_TASK.encode() in client.lindex("celery", 0)
    harm(private, state)
    assert seconds_of(lambda: [bell.ring() for _ in range(1_000)]) < 0.5


@pytest.mark.parametrize("state", STATES)
def test_a_hint_never_blocks(
    private: Valkey, state: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REDIS = redis_address(private.url)
    monkeypatch.setattr(publishing, "SEND_SECONDS", 0.3)
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
    monkeypatch.setattr(publishing, "SEND_SECONDS", 0.1)
    monkeypatch.setattr(publishing, "REGISTRY_SECONDS", 0.0)
    tries: list[object] = []
    plain = Outage.failed
    monkeypatch.setattr(Outage, "failed", lambda self, error: (tries.append(error), plain(self, error)))
    publisher = ChannelPublisher()
    harm(private, "frozen")

    def goes_on() -> bool:
        publisher.changed([(uuid4(), uuid4())])
        return len(tries) >= 5

    wait_for(goes_on)
    assert [record.message for record in caplog.records if "Redis" in record.message] == [
        "Redis does not answer the publisher (TimeoutError): live views follow up to two seconds later."
    ]
    private.server.process.send_signal(signal.SIGCONT)

    def is_back() -> bool:
        publisher.changed([(uuid4(), uuid4())])
        return any("answers the publisher again" in record.message for record in caplog.records)

    wait_for(is_back)
    assert sum("Redis" in record.message for record in caplog.records) == 2
