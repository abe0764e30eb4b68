"""Runs of a killed worker go on with the next one in its place; those of a frozen one stay its own."""

import json
import signal
import time
from collections.abc import Iterator

import pytest

from tests.faults.platform import Platform
from tests.faults.sink import Sink
from tests.support.flows import line
from tests.support.processes import wait_until

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.timeout(300)]

LEASE_SECONDS = 120


@pytest.fixture
def slow() -> Iterator[Sink]:
    server = Sink(delay=8.0)
    yield server
    server.stop()


def deliver(platform: Platform, slow: Sink) -> None:
    """A worker with a long lease is in the middle of a delivery."""
    platform.env["LEASE_SECONDS"] = str(LEASE_SECONDS)
    drawing = line(("t", "inbound-webhook", {}), ("w", "webhook", {"url": slow.url, "method": "POST"}))
    flow = platform.inside("seed", json.dumps(drawing))["flow"]
    platform.inside("start", flow, json.dumps({"id": 1}))
    platform.start("worker")
    wait_until(lambda: 1 in slow.keys, "The webhook is on its way", 90)


def test_the_run_of_a_killed_worker_goes_on_long_before_its_lease_ends(
    platform: Platform, slow: Sink
) -> None:
    deliver(platform, slow)
    platform.kill("worker")
    platform.start("worker")
    wait_until(lambda: len(slow.keys[1]) == 2, "It is delivered again", LEASE_SECONDS / 2)
    assert len(set(slow.keys[1])) == 1, "under the same key"
    wait_until(lambda: platform.inside("report")["statuses"] == {"succeeded": 1}, "It ends")


def test_a_frozen_worker_keeps_its_runs_from_one_started_in_its_place(platform: Platform, slow: Sink) -> None:
    deliver(platform, slow)
    frozen = platform.servers["worker"]
    frozen.process.send_signal(signal.SIGSTOP)
    platform.start("worker")
    time.sleep(15)
    assert len(slow.keys[1]) == 1
    frozen.process.send_signal(signal.SIGCONT)
    wait_until(lambda: platform.inside("report")["statuses"] == {"succeeded": 1}, "It ends")
    assert len(slow.keys[1]) == 1
    frozen.stop()
