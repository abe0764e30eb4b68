"""Whatever is killed between a decision and what follows from it: there is one decision, and it is followed once."""

import time

import pytest

from tests.faults.drawings import reviewed_then_delivering_to
from tests.faults.platform import Inside, Platform
from tests.faults.sink import Sink
from tests.support.processes import wait_until

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.timeout(600)]

MOMENTS = (0.0, 0.1, 0.3)
"""Seconds after the decision at which something is killed."""


def asked(platform: Platform, flow: str, number: int) -> str:
    """A run that waits for people."""
    run: str = platform.inside("start", flow, {"id": number})["run"]
    wait_until(lambda: run in platform.inside("tasks"), "Its task is there", 90)
    return run


def ends_well(platform: Platform, run: str) -> None:
    """It succeeds, and its task was decided once."""

    def is_over() -> bool:
        runs = {one["id"]: one["status"] for one in platform.inside("report")["runs"]}
        return bool(runs[run] == "succeeded")

    wait_until(is_over, "The run ends", 90)
    task = platform.inside("tasks")[run]
    assert task == {"state": "FINISHED_SUCCESSFULLY", "answers": 1, "entries": 1}, platform.logs()


def test_a_worker_killed_at_any_moment_after_the_decision_follows_it_once(
    platform: Platform, sink: Sink
) -> None:
    flow = platform.inside("seed", reviewed_then_delivering_to(sink.url))["flow"]
    for number, moment in enumerate(MOMENTS):
        platform.start("worker")
        run = asked(platform, flow, number)
        assert platform.inside("review", run) == {"code": ""}
        time.sleep(moment)
        platform.kill("worker")
        platform.start("worker-2")
        ends_well(platform, run)
        # A delivery that was under way may be made again, under the same key: that is one resume.
        assert len(set(sink.keys[number])) == 1
        assert platform.inside("review", run) == {"code": "decided_already"}
        platform.kill("worker-2")


def test_whoever_decides_is_killed_and_the_next_one_is_told_or_decides(
    platform: Platform, sink: Sink
) -> None:
    flow = platform.inside("seed", reviewed_then_delivering_to(sink.url))["flow"]
    platform.start("worker")
    for number, moment in enumerate(MOMENTS):
        run = asked(platform, flow, number)
        decider = Inside(platform.env)
        decider.ask("tasks")  # it is up
        decider.say("review", run)
        time.sleep(moment)
        decider.kill()
        assert platform.inside("review", run)["code"] in ("", "decided_already")
        ends_well(platform, run)
        assert len(sink.keys[number]) == 1
