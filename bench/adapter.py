"""What a system under test must offer.

A `Flow` says what a workload wants done, in no system's own words; an adapter turns it into its system's own flow
format, the way a user of that system would normally build it.
"""

import shutil
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.process import Proc


@dataclass(frozen=True)
class Filter:
    """Let the event through when `field` >= `minimum`; drop it otherwise."""

    field: str
    minimum: int


@dataclass(frozen=True)
class SetField:
    """Set `field` to `prefix` followed by the event's `source` field."""

    field: str
    prefix: str
    source: str


@dataclass(frozen=True)
class Flow:
    """HTTP POST trigger that answers at once -> steps -> POST the event as JSON to sink_url."""

    name: str
    steps: tuple[Filter | SetField, ...]
    sink_url: str


def relay(sink_url: str) -> Flow:
    """One filter, one template."""
    return Flow("relay", (Filter("level", 3), SetField("greeting", "Hello ", "name")), sink_url)


def chain(sink_url: str, nodes: int = 20) -> Flow:
    """`nodes` steps, filter and set in turn (so 10 + 10 for 20)."""
    steps: list[Filter | SetField] = []
    for i in range(nodes // 2):
        steps += [Filter("level", 3), SetField(f"step_{i + 1}", f"Step {i + 1} for ", "name")]
    return Flow("chain", tuple(steps), sink_url)


@dataclass(frozen=True)
class Door:
    """Where and how events are posted: one a request, or many in the body that `many` makes."""

    url: str
    headers: tuple[tuple[str, str], ...] = ()


class Adapter(ABC):
    """One system under test. The harness calls, in this order:

    install()                     once; may be slow; must be a no-op when done before
    prepare(flow) -> launch()     a clean data folder with the flow loaded, then the processes
    ... load is sent to the door ...
    stored(...)                   what the system kept of it, read back from the system
    kill() -> revive()            W5 only: SIGKILL whatever runs the flows, then start it again
    halt() -> launch()            W4 only: orderly stop, then start on the same data
    stop()                        everything this adapter started is gone, the data folder too
    """

    #: short name used on the command line
    name = ""
    #: one line a reader of the results needs (e.g. what the system does not record)
    note = ""
    #: seconds without any delivery, after a crash, when no retry can be expected any more
    retries_within = 20.0
    #: whether many events may come in one request (W1-batch)
    takes_batches = False
    #: what W5 may kill: `runner` runs the flows, `web` takes the events
    killable: tuple[str, ...] = ("runner",)
    #: roles that are databases or brokers rather than the system itself
    service_roles: tuple[str, ...] = ()

    def __init__(self, cache: Path, work: Path):
        self.cache = cache  # install here; kept between runs
        self.work = work  # data, logs; removed by stop()
        self.procs: dict[str, Proc] = {}  # role -> running process

    @abstractmethod
    def install(self) -> None:
        """Install below the cache folder, or do nothing when that was done before."""

    @abstractmethod
    def prepare(self, flow: Flow) -> None:
        """Create a clean data folder holding `flow`, ready to run. Start backing services."""

    @abstractmethod
    def launch(self) -> None:
        """Start the system on the prepared data. Need not wait until it is ready."""

    @property
    @abstractmethod
    def door(self) -> Door:
        """Where to POST one event a request. Known after prepare()."""

    @property
    def batch_door(self) -> Door:
        """Where to POST many; only with `takes_batches`."""
        raise NotImplementedError

    def batch_body(self, events: list[dict[str, Any]]) -> bytes:
        """The body of a request with many events; only with `takes_batches`."""
        raise NotImplementedError

    @abstractmethod
    def kill(self, what: str = "runner") -> None:
        """SIGKILL the process that runs flows (the only process, or the worker), or the web process."""

    @abstractmethod
    def revive(self, what: str = "runner") -> None:
        """Start again what kill() killed."""

    @abstractmethod
    def versions(self) -> dict[str, str]:
        """Of the system and of what it stands on."""

    @abstractmethod
    def settings(self) -> dict[str, str]:
        """Every setting that differs from the system's defaults."""

    @abstractmethod
    def install_paths(self) -> dict[str, Path]:
        """What to count as install size: label -> folder or file."""

    def stored(self, _flow: Flow, _numbers: set[int]) -> dict[str, Any]:
        """What was kept of the events with these ids; nothing by default."""
        return {}

    def pids(self) -> dict[str, int]:
        """Role -> process id, for processor time."""
        return {role: proc.pid for role, proc in self.procs.items()}

    def halt(self) -> None:
        """Stop the system in an orderly way; keep data and backing services."""
        for role in [r for r in self.procs if r not in self.service_roles]:
            self.procs.pop(role).stop()

    def stop(self) -> None:
        """End everything, the application first, and delete the run's folder."""
        self.halt()
        for role in list(self.procs):
            self.procs.pop(role).stop()
        shutil.rmtree(self.work, ignore_errors=True)

    def clean_work(self) -> None:
        """An empty folder for this run."""
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True)

    def spawn(
        self, role: str, argv: list[str], env: dict[str, str] | None = None, *, alone: bool = False
    ) -> Proc:
        """Start a process under a role; `alone`: without the harness's own environment."""
        self.procs[role] = Proc(role, argv, self.work, env, alone=alone)
        return self.procs[role]
