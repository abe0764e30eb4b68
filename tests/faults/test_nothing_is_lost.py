"""Every event that was answered 2xx has exactly one run and comes to its end, whatever is killed meanwhile."""

import itertools
import threading
import time

import pytest
import requests

from tests.faults.platform import Platform
from tests.faults.sink import Sink
from tests.support.flows import line
from tests.support.processes import wait_until

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.timeout(600)]

EVENTS = 500
SECONDS_TO_REST = 180.0


def relay(url: str) -> dict[str, object]:
    drawing = line(
        ("t", "inbound-webhook", {}),
        ("f", "filter", {"field": "level", "operation": ">=", "value": "3"}),
        ("a", "add-field", {"as_field": "greeting", "value": "Hello {{ name }}"}),
        ("w", "webhook", {"url": url, "method": "POST"}),
        w={"retry": {"attempts": 5, "first": "200ms", "factor": 1}},
    )
    drawing["edges"][1]["port"] = "true"
    return drawing


class Sender:
    """Sends numbered events on eight threads until all are accepted, each offered until it is answered 2xx.

    Each event has a delivery id, so that offering it again after a lost answer makes no second run.
    """

    def __init__(self, platform: Platform, hook: dict[str, str]) -> None:
        self._url = f"http://127.0.0.1:{platform.port}/hooks/{hook['key']}/"
        self._secret = hook["secret"]
        self._numbers = itertools.count()
        self.accepted: set[int] = set()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(8)]
        for thread in self._threads:
            thread.start()

    def _work(self) -> None:
        session = requests.Session()
        session.trust_env = False
        for number in self._numbers:
            if number >= EVENTS:
                return
            while not self._offer(session, number):
                time.sleep(0.1)

    def _offer(self, session: requests.Session, number: int) -> bool:
        headers = {"Authorization": f"Bearer {self._secret}", "Idempotency-Key": f"event-{number}"}
        body = {"id": number, "name": f"User {number}", "level": 3}
        try:
            answer = session.post(self._url, json=body, headers=headers, timeout=30)
        except requests.RequestException:
            return False
        if answer.status_code == 202:
            self.accepted.add(number)
        return answer.status_code == 202

    def wait(self) -> None:
        for thread in self._threads:
            thread.join(timeout=120)
            assert not thread.is_alive(), "not all events were accepted in two minutes"


def test_500_runs_survive_kills_of_every_process_and_a_flushed_redis(platform: Platform, sink: Sink) -> None:
    hook = platform.inside("seed", relay(sink.url))
    platform.start("web", "worker")
    sender = Sender(platform, hook)
    faults = ["worker", "valkey", "worker", "web", "worker"]
    for place, name in enumerate(faults, start=1):
        wanted = place * EVENTS // (len(faults) + 3)
        wait_until(lambda wanted=wanted: len(sink.keys) >= wanted, f"{wanted} deliveries", 90)
        platform.kill(name)
        if name == "valkey":
            time.sleep(1)
        platform.restart(name)
    platform.valkey.flush()
    sender.wait()

    restarted = time.monotonic()
    report = platform.inside("report")
    while report["queued"] and time.monotonic() - restarted < SECONDS_TO_REST:
        time.sleep(0.2)
        report = platform.inside("report")

    assert report["statuses"] == {"succeeded": EVENTS}, platform.logs()
    numbers = sorted(run["number"] for run in report["runs"])
    assert numbers == list(range(EVENTS)), "exactly one run for each accepted event"
    steps = [["f", 1, "succeeded"], ["a", 1, "succeeded"], ["w", 1, "succeeded"]]
    assert all(run["steps"] == steps for run in report["runs"])
    assert set(sink.keys) == set(range(EVENTS))
    assert all(len(set(keys)) == 1 and keys[0] for keys in sink.keys.values()), "repeats carry one key"
    repeats = sum(len(keys) - 1 for keys in sink.keys.values())
    assert repeats <= faults.count("worker") * 200, "only what was in flight at a kill is repeated"
