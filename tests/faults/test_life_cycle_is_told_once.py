"""Each run tells of its life exactly once, however often its worker is killed."""

import itertools

import pytest

from tests.faults.platform import Platform
from tests.support.flows import line
from tests.support.processes import wait_until

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.timeout(600)]

RUNS = 60
EVENTS = ["workflow_queued", "workflow_started", "workflow_succeeded"]
WORKS = line(
    ("t", "inbound-webhook", {}),
    ("a", "add-field", {"as_field": "x", "value": "1"}),
    ("s", "sleep", {"duration": "1s"}),
    ("b", "add-field", {"as_field": "y", "value": "2"}),
)


def test_runs_of_workers_that_are_killed_tell_three_things_each_and_once(platform: Platform) -> None:
    platform.inside("listen", EVENTS)
    flow = platform.inside("seed", WORKS)["flow"]
    platform.start("worker", "worker-2")
    for number, victim in zip(range(RUNS), itertools.cycle(["worker"] * 20 + ["worker-2"] * 20)):
        platform.inside("start", flow, {"id": number})
        if number % 20 == 19:
            platform.kill(victim)
            platform.restart(victim)
    wait_until(lambda: platform.inside("told", flow)["open"] == 0, "All runs end", 180)
    report = platform.inside("told", flow)
    assert len(report["told"]) == RUNS
    assert all(told == EVENTS for told in report["told"].values()), platform.logs()
    assert report["heard"] == {"1": RUNS * len(EVENTS)}
    assert report["hooks"] == {"succeeded": RUNS * len(EVENTS)}
