"""What apps above show beside things of apps below: a word with a link, such as the task that a run waits for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Beside:
    """A word with a link.

    Args:
        colour: of Tabler's, such as `yellow`.
    """

    label: str
    url: str
    colour: str = "secondary"


Finder = Callable[[Any, Any], Beside | None]
_finders: dict[str, list[Finder]] = {}


def register(kind: str, finder: Finder) -> None:
    """Say what is shown beside a kind of thing (`run`, `server`): the finder gets the actor and the thing."""
    _finders.setdefault(kind, []).append(finder)


def of(kind: str, actor: Any, thing: Any) -> list[Beside]:
    """What is shown beside a thing."""
    found = (finder(actor, thing) for finder in _finders.get(kind, ()))
    return [one for one in found if one is not None]
