"""Workers fire schedules by themselves, each tick once, however many of them are alive."""

import json
from collections.abc import Iterator

import pytest

from tests.faults.platform import Platform
from tests.faults.sink import Sink
from tests.support.flows import line
from tests.support.processes import wait_until

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.timeout(300)]

WORKERS = ("worker", "worker-2", "worker-3")
FLOWS = 30


@pytest.fixture
def held() -> Iterator[Sink]:
    """Keeps whoever delivers to it at work for as long as the test may take."""
    server = Sink(delay=300)
    yield server
    server.stop()


def wait_for_three_workers(platform: Platform, held: Sink) -> None:
    """Each worker takes one run at a time here: three runs at work are three workers alive."""
    drawing = line(("t", "inbound-webhook", {}), ("w", "webhook", {"url": held.url, "method": "POST"}))
    flow = platform.inside("seed", json.dumps(drawing))["flow"]
    for number in range(len(WORKERS)):
        platform.inside("start", flow, json.dumps({"id": number}))
    wait_until(lambda: len(held.keys) == len(WORKERS), "Three workers are at work", 90)


def test_three_workers_fire_each_tick_once_and_so_do_those_that_are_left(
    platform: Platform, held: Sink
) -> None:
    flows = platform.inside("schedule", str(FLOWS))["flows"]
    platform.env["RUNNER_CONCURRENCY"] = "1"
    platform.start(*WORKERS)
    wait_for_three_workers(platform, held)
    ticks: list[str] = []
    for killed in (None, "worker", "worker-2"):
        if killed:
            platform.kill(killed)
        seen = platform.inside("tick", str(FLOWS * (len(ticks) + 1)))
        ticks.append(seen["at"])
        assert seen["fired"] == dict.fromkeys(flows, ticks), platform.logs()
    platform.kill("worker-3")  # nothing will answer what it waits for
