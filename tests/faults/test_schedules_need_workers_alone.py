"""Workers fire schedules by themselves, each tick once, however many of them are alive."""

import pytest

from tests.faults.drawings import delivering_to
from tests.faults.platform import Platform
from tests.faults.sink import Sink
from tests.support.processes import wait_until

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.timeout(600)]

WORKERS = ("worker", "worker-2", "worker-3")
FLOWS = 30


def wait_for_three_workers(platform: Platform, holding: Sink) -> None:
    """Each worker takes one run at a time here: three runs at work are three workers alive."""
    flow = platform.inside("seed", delivering_to(holding.url))["flow"]
    for number in range(len(WORKERS)):
        platform.inside("start", flow, {"id": number})
    wait_until(lambda: len(holding.keys) == len(WORKERS), "Three workers are at work", 90)


def test_three_workers_fire_each_tick_once_and_so_do_those_that_are_left(
    platform: Platform, holding: Sink
) -> None:
    flows = platform.inside("schedule", FLOWS)["flows"]
    platform.env["RUNNER_CONCURRENCY"] = "1"
    platform.start(*WORKERS)
    wait_for_three_workers(platform, holding)
    ticks: list[str] = []
    for killed in (None, "worker", "worker-2"):
        if killed:
            platform.kill(killed)
        seen = platform.inside("tick", FLOWS * (len(ticks) + 1))
        ticks.append(seen["at"])
        assert seen["fired"] == dict.fromkeys(flows, ticks), platform.logs()
    platform.kill("worker-3")  # nothing will answer what it waits for
