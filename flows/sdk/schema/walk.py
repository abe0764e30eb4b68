"""One walk over one payload: its budget, and what it found wrong."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from flows.sdk.json_types import Json
from flows.sdk.work import Budget

MOST_MISFITS = 10
LONGEST_SENTENCE = 300
LONGEST_PATH = 200
SECRET_MISFIT = "It is secret and does not fit"  # noqa: S105  # a sentence, no secret
"""Other sentences quote the value."""

VISIT_WORK = 100
"""One value under one subschema."""

Path = tuple[Any, Any] | None
"""Where a value is: the path of what holds it, and its key there. None at the root."""


class Misfit(NamedTuple):
    """One thing that does not fit: where, as a dotted path, and a sentence."""

    path: str
    sentence: str


@dataclass(slots=True)
class Walk:
    """Alternatives are tried quietly: which one was meant, nobody knows.

    Args:
        is_thorough: go on behind what does not fit, since a secret may be declared there.
    """

    budget: Budget
    is_thorough: bool = False
    misfits: list[Misfit] = field(default_factory=list)
    secrets: list[Path] = field(default_factory=list)
    quiet: int = 0

    @property
    def is_over(self) -> bool:
        """Whether there is nothing more to be found out once something did not fit."""
        return not self.is_thorough and self.is_silent

    @property
    def is_silent(self) -> bool:
        """Whether what does not fit is not noted."""
        return self.quiet > 0 or len(self.misfits) >= MOST_MISFITS

    def refuse(self, path: Path, sentence: str) -> bool:
        """Note what does not fit. Always false."""
        if not self.is_silent:
            self.misfits.append(Misfit(_dotted(path), sentence[:LONGEST_SENTENCE]))
        return False

    def hide_secrets(self) -> None:
        """Take the sentences away that would quote what is secret, or something in it."""
        if not self.secrets or not self.misfits:
            return
        secret = {_dotted(path) for path in self.secrets}
        self.misfits = [
            Misfit(misfit.path, SECRET_MISFIT) if secret.intersection(_holders(misfit.path)) else misfit
            for misfit in self.misfits
        ]


Check = Callable[[Json, Path, Walk], bool]


@dataclass(slots=True)
class Node:
    """One subschema: every check has to pass.

    Args:
        checks: all of them.
        plain_types: Python's types of which every value passes; spares most visits.
        is_secret: whether the values are secret, in whichever alternative it is said.
    """

    checks: list[Check] = field(default_factory=list)
    plain_types: frozenset[type] = frozenset()
    is_secret: bool = False

    def visit(self, value: Json, path: Path, walk: Walk) -> bool:
        """Whether the value fits; what does not is noted on the walk."""
        walk.budget.spend(VISIT_WORK)
        if self.is_secret:
            walk.secrets.append(path)
        fits = True
        for check in self.checks:
            if not check(value, path, walk):
                if walk.is_over:
                    return False
                fits = False
        return fits

    def fits(self, value: Json, path: Path, walk: Walk) -> bool:
        """Whether the value fits, without a word about why not."""
        walk.quiet += 1
        try:
            return self.visit(value, path, walk)
        finally:
            walk.quiet -= 1


def parts_of(path: Path) -> list[Any]:
    """The keys and places from the root on."""
    parts: list[Any] = []
    while path is not None:
        path, part = path
        parts.append(part)
    return parts[::-1]


def _holders(dotted: str) -> list[str]:
    """The dotted path, and those of all that holds it."""
    names = dotted.split(".") if dotted else []
    return [".".join(names[:length]) for length in range(len(names) + 1)]


def _dotted(path: Path) -> str:
    return ".".join(str(part)[:LONGEST_PATH] for part in parts_of(path))[:LONGEST_PATH]
