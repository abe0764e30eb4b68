"""Three workers follow a hooks file that changes fifty times under load: each event has its hook, once."""

import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from tests.faults.platform import Inside, Platform
from tests.support.flows import line
from tests.support.processes import wait_until

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.timeout(600)]

WORKERS = ("worker", "worker-2", "worker-3")
CHANGES = 50
PAUSE_SECONDS = 0.02
RUN_ID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")


class TrapReceiver(threading.Thread):
    """Counts the traps of each run, on two ports."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.counts: Counter[str] = Counter()
        self.strange: list[bytes] = []
        self._sockets = [self._bound() for _ in range(2)]
        self.ports = [one.getsockname()[1] for one in self._sockets]

    @staticmethod
    def _bound() -> socket.socket:
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * 1024 * 1024)
        made.settimeout(0.05)
        made.bind(("127.0.0.1", 0))
        return made

    def run(self) -> None:
        while self._sockets[0].fileno() >= 0:
            for one in self._sockets:
                try:
                    while True:
                        self._take(one.recv(65_535))
                except OSError:
                    continue

    def _take(self, datagram: bytes) -> None:
        found = RUN_ID.search(datagram)
        if found is None or b"testcommunity" not in datagram:
            self.strange.append(datagram)
        else:
            self.counts[found[0].decode()] += 1

    def stop(self) -> None:
        for one in self._sockets:
            one.close()


class Load(threading.Thread):
    """Starts runs, one after the other, until it is stopped."""

    def __init__(self, inside: Inside, flow: str) -> None:
        super().__init__(daemon=True)
        self._inside, self._flow = inside, flow
        self._is_over = threading.Event()
        self.started: list[str] = []

    def run(self) -> None:
        while not self._is_over.wait(PAUSE_SECONDS):
            self.started.append(self._inside.ask("start", self._flow, {"id": len(self.started)})["run"])

    def stop(self) -> None:
        self._is_over.set()
        self.join(30)
        self._inside.stop()


@pytest.fixture
def receiver() -> Iterator[TrapReceiver]:
    made = TrapReceiver()
    made.start()
    yield made
    made.stop()


def content(number: int, ports: list[int]) -> str:
    """One hook of the event that is counted, now to this port and now to that, and others around it."""
    trap = "cloudify.snmp.snmp_trap.send_snmp_trap"
    others = "".join(
        f"  - {{event_type: workflow_cancelled, implementation: {trap}, description: Other {place},\n"
        f"     inputs: {{destination_address: 127.0.0.1, destination_port: {ports[0]}, community_string: other}}}}\n"
        for place in range(number % 3)
    )
    return (
        f"hooks:\n{others}"
        f"  - event_type: workflow_succeeded\n    implementation: {trap}\n    description: Change {number}\n"
        f"    inputs: {{destination_address: 127.0.0.1, destination_port: {ports[number % 2]}, "
        "community_string: testcommunity}\n"
    )


def put(path: Path, text: str, *, in_place: bool = False) -> str:
    """Write it as an editor does, or into the file itself; the hash of it."""
    if in_place:
        path.write_text(text)
    else:
        fresh = path.with_suffix(".new")
        fresh.write_text(text)
        fresh.replace(path)
    return sha256(text.encode()).hexdigest()


def wait_for(platform: Platform, name: str, value: str) -> None:
    try:
        wait_until(lambda: platform.inside("hooks_file")[name] == value, f"Its {name} is {value}", 90)
    except TimeoutError:
        pytest.fail(f"{platform.inside('hooks_file')}\n{platform.logs()}")


def test_each_event_has_its_hook_once_while_the_file_changes(
    install: Callable[..., Platform], receiver: TrapReceiver, tmp_path: Path
) -> None:
    path = tmp_path / "hooks.conf"
    platform = install(HOOKFLOW_HOOKS_FILE=str(path))
    flow = platform.inside("seed", line(("t", "inbound-webhook", {})))["flow"]
    platform.inside("refuse_inside")
    first = put(path, content(0, receiver.ports))
    platform.start(*WORKERS)
    wait_for(platform, "hash", first)

    load = Load(Inside(platform.env), flow)
    load.start()
    for number in range(1, CHANGES + 1):
        text = content(number, receiver.ports)
        wait_for(platform, "hash", put(path, text, in_place=number % 5 == 0))
        if number % 10 == 0:  # what cannot be used leaves the hooks in force
            put(path, "hooks: [\n")
            wait_for(platform, "state", "invalid")
    load.stop()
    wait_until(lambda: platform.inside("hooked", flow)["queued"] == 0, "All runs have ended", 120)
    seen = platform.inside("hooked", flow)
    assert set(seen["heard"]) == set(load.started)
    assert len(load.started) > CHANGES
    assert set(seen["heard"].values()) == {1}, platform.logs()
    assert seen["statuses"] == {"succeeded": len(load.started)}, platform.logs()
    time.sleep(1)  # a trap that were sent twice would have come by then
    assert receiver.counts == dict.fromkeys(load.started, 1)
    assert receiver.strange == []
