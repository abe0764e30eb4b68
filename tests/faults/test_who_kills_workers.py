"""A run whose step kills its worker fails in the end; those that were at work beside it never do."""

import pytest

from tests.faults.drawings import delivering_to
from tests.faults.platform import Platform
from tests.faults.sink import Sink
from tests.support.processes import wait_until

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.timeout(600)]

RUNS, DEADLY = 12, 7


def begin(platform: Platform, sink: Sink) -> None:
    platform.env["LEASE_SECONDS"] = "120"  # a worker that comes after a dead one ends its leases
    flow = platform.inside("seed", delivering_to(sink.url))["flow"]
    for number in range(RUNS):
        platform.inside("start", flow, {"id": number})
    platform.start("worker")


def test_workers_that_are_killed_from_outside_fail_no_run(platform: Platform, holding: Sink) -> None:
    begin(platform, holding)
    for deaths in (1, 2):
        wait_until(lambda n=deaths: calls(holding) == n * RUNS, "All are on their way", 120)
        platform.kill("worker")
        platform.start("worker")
    for deaths in (1, 2):
        wait_until(lambda n=deaths: calls(holding) >= 2 * RUNS + n, "One is tried", 120)
        assert calls(holding) <= 2 * RUNS + deaths + 1
        platform.kill("worker")
        platform.start("worker")
    holding.answer()
    wait_until(lambda: platform.inside("report")["statuses"] == {"succeeded": RUNS}, "All end", 120)


def calls(sink: Sink) -> int:
    return sum(len(keys) for keys in list(sink.keys.values()))


def test_the_one_that_kills_its_worker_is_found(platform: Platform) -> None:
    def die(number: int) -> None:
        if number == DEADLY:
            platform.kill("worker")

    sink = Sink(on_call=die)
    begin(platform, sink)
    for _ in range(4):
        dead = platform.servers["worker"].process
        wait_until(lambda process=dead: process.poll() is not None, "The worker is dead", 120)
        platform.start("worker")
    wanted = {"succeeded": RUNS - 1, "failed": 1}
    wait_until(lambda: platform.inside("report")["statuses"] == wanted, "All end", 120)
    assert len(sink.keys[DEADLY]) == 4
    sink.stop()
