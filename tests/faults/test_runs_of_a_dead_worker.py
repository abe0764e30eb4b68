"""Runs of a killed worker go on with the next one in its place; those of a frozen one stay its own."""

import signal

import pytest

from tests.faults.drawings import delivering_to
from tests.faults.platform import Platform
from tests.faults.sink import Sink
from tests.support.processes import wait_until

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.timeout(600)]

LEASE_SECONDS = 120


def deliver(platform: Platform, holding: Sink) -> str:
    """A worker with a long lease is in the middle of a delivery of the flow whose id this is."""
    platform.env["LEASE_SECONDS"] = str(LEASE_SECONDS)
    flow: str = platform.inside("seed", delivering_to(holding.url))["flow"]
    platform.inside("start", flow, {"id": 1})
    platform.start("worker")
    wait_until(lambda: 1 in holding.keys, "The webhook is on its way", 90)
    return flow


def test_the_run_of_a_killed_worker_goes_on_long_before_its_lease_ends(
    platform: Platform, holding: Sink
) -> None:
    deliver(platform, holding)
    platform.kill("worker")
    platform.start("worker")
    wait_until(lambda: len(holding.keys[1]) == 2, "It is delivered again", LEASE_SECONDS / 2)
    assert len(set(holding.keys[1])) == 1, "under the same key"
    holding.answer()
    wait_until(lambda: platform.inside("report")["statuses"] == {"succeeded": 1}, "It ends", 90)


def test_a_frozen_worker_keeps_its_runs_from_one_started_in_its_place(
    platform: Platform, holding: Sink
) -> None:
    flow = deliver(platform, holding)
    frozen = platform.servers["worker"]
    frozen.process.send_signal(signal.SIGSTOP)
    platform.inside("start", flow, {"id": 2})
    platform.start("worker")
    wait_until(lambda: 2 in holding.keys, "The new worker has looked for what is due", 90)
    assert len(holding.keys[1]) == 1
    holding.answer()
    frozen.process.send_signal(signal.SIGCONT)
    wait_until(lambda: platform.inside("report")["statuses"] == {"succeeded": 2}, "Both end", 90)
    assert len(holding.keys[1]) == 1
    frozen.kill()
