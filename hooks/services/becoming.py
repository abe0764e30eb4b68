"""What each hook of a file becomes for an owner, and why one becomes nothing."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from common.problems import Problem
from hooks.services.drawing import CALL, SEND_TRAP
from hooks.services.reading import Hook, HooksFile, Level, Located, read_hooks
from hooks.services.receivers import Receiver, receiver_of
from hooks.services.resolving import may_call, refusal, resolve

LEFT_OUT: Final = "The original runs only the first hook of an event type."


@dataclass(frozen=True, slots=True)
class Planned:
    """A hook and what it becomes.

    Args:
        receiver: who takes its traps; None: it calls a function.
        problem: why it becomes nothing.
        is_left_out: another hook of its event type stands before it, and only the first one is wanted.
    """

    hook: Hook
    receiver: Receiver | None = None
    problem: Located | None = None
    is_left_out: bool = False

    @property
    def becomes(self) -> str:
        """The node type that its flow has behind the trigger."""
        return CALL if self.receiver is None else SEND_TRAP

    @property
    def is_wanted(self) -> bool:
        """Whether it becomes a flow."""
        return self.problem is None and not self.is_left_out


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A whole file; see `HooksFile`."""

    hooks: list[Planned] = field(default_factory=list)
    problems: list[Located] = field(default_factory=list)
    is_readable: bool = True

    @property
    def wanted(self) -> list[Planned]:
        """The hooks that become flows."""
        return [planned for planned in self.hooks if planned.is_wanted]

    @property
    def receivers(self) -> list[Receiver]:
        """Who takes their traps."""
        return [planned.receiver for planned in self.wanted if planned.receiver is not None]


def plan_file(raw: str | bytes, owner_id: int | None, *, only_first: bool) -> PlannedFile:
    """Read a hooks.conf and say what it becomes.

    Args:
        owner_id: whose flows they will be; None is the platform.
        only_first: leave out all hooks of an event type but the first that works, as the original does.
    """
    file = read_hooks(raw)
    planned: list[Planned] = []
    seen: set[str] = set()
    for hook in file.hooks:
        one = _planned(hook, owner_id, is_late=only_first and hook.event_type in seen)
        if one.problem is None:
            seen.add(hook.event_type)
        planned.append(one)
    problems = [*file.problems, *(one.problem for one in planned if one.problem), *_several(file, only_first)]
    problems.sort(key=lambda problem: (problem.line, problem.column))
    return PlannedFile(planned, problems, file.is_readable)


def _planned(hook: Hook, owner_id: int | None, *, is_late: bool) -> Planned:
    found = resolve(hook.implementation)
    if not isinstance(found, Problem) and not may_call(found, owner_id):
        found = refusal(found)
    if isinstance(found, Problem):
        return Planned(hook, problem=_located(hook, found.code, found.message, found.hint))
    if found.builtin != "send_snmp_trap":
        return Planned(hook, is_left_out=is_late)
    receiver = receiver_of(hook.inputs)
    if isinstance(receiver, str):
        hint = "Write destination_address, destination_port and community_string below “inputs”."
        return Planned(hook, problem=_located(hook, "bad_receiver", receiver, hint))
    return Planned(hook, receiver, is_left_out=is_late)


def _located(hook: Hook, code: str, message: str, hint: str) -> Located:
    return Located(hook.line, code, message, hint, entry=hook.number)


def _several(file: HooksFile, only_first: bool) -> list[Located]:
    """A word on each event type that has more than one hook."""
    counted = Counter(hook.event_type for hook in file.hooks)
    return [
        Located(
            next(hook.line for hook in file.hooks if hook.event_type == event_type),
            "several_hooks",
            f"There are {count} hooks of {event_type}. {LEFT_OUT} "
            + ("The later ones are left out." if only_first else "Here all of them run."),
            level=Level.NOTE,
        )
        for event_type, count in counted.items()
        if count > 1
    ]
