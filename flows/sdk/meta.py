"""How a node type presents itself."""

from dataclasses import dataclass
from enum import StrEnum

from flows.sdk.retry import NO_RETRY, Retry


class Kind(StrEnum):
    """What a node type is for; the palette groups by it."""

    TRIGGER = "trigger"
    FILTER = "filter"
    ENRICHER = "enricher"
    ACTION = "action"
    CONTROL = "control"


class OnCrash(StrEnum):
    """What happens to a step whose worker died in the middle of it."""

    REPEAT = "repeat"
    """Run it again under the same idempotency key."""
    ASK = "ask"
    """Repeating is unsafe: mark it interrupted and let a person decide."""


@dataclass(frozen=True, slots=True)
class Port:
    """A named output of a node, and what people see on it."""

    name: str
    label: str


OUT = Port("out", "Out")
ERROR = Port("error", "Error")


@dataclass(frozen=True, slots=True)
class NodeMeta:
    """The identity and the looks of a node type.

    Args:
        type: kebab case; never changes once released.
        kind: trigger, filter, enricher, action or control.
        label: its name for people, in sentence case.
        summary: one line that says what it does.
        icon: the name of a Tabler icon.
        ports: its outputs, top to bottom. `error` is added by `can_fail`.
        version: rises when the meaning of the config changes; `Node.upgrade` lifts older configs.
        can_fail: whether it has an `error` port.
        on_crash: see `OnCrash`.
        durable: whether its outcome must be committed before the run goes on. True for all that
            reaches outside the run: actions, remote enrichers, allocations.
        unset: stands greyed under the name of a node whose config says nothing yet.
        retry: how a failed step is tried again where the flow says nothing.
        blocking: whether `run` and `resume` block their thread (they then run in the worker's thread pool).
        time_limit: seconds for one try where the flow says nothing; None is a minute.
        is_internal: whether only the program itself draws it; people do not see it among the node types.
        outside: whether these block for another system: they then have a thread of those for calls outside, of
            which each target has a share, and not of those for our database. Only with `blocking`.
        stops: whether `stop` ends what goes on outside when a run is cancelled that waits for it.
    """

    type: str
    kind: Kind
    label: str
    summary: str
    icon: str
    ports: tuple[Port, ...] = (OUT,)
    version: int = 1
    can_fail: bool = True
    on_crash: OnCrash = OnCrash.REPEAT
    durable: bool = False
    blocking: bool = False
    outside: bool = False
    stops: bool = False
    time_limit: float | None = None
    is_internal: bool = False
    unset: str = "Not set up yet"
    retry: Retry = NO_RETRY

    @property
    def all_ports(self) -> tuple[Port, ...]:
        """Every output, the `error` port last."""
        if not self.can_fail or self.kind is Kind.TRIGGER:
            return self.ports
        return (*self.ports, ERROR)
