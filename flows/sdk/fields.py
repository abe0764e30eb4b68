"""Looking up a field of a record, and saying well what is wrong when it is not there."""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from itertools import islice

from flows.sdk.errors import NodeError
from flows.sdk.json_types import Json
from flows.sdk.paths import Segment

MAX_NAMES_SHOWN = 12
MAX_NAME_SHOWN = 60
MAX_NAMES_COMPARED = 100
"""Names that are compared letter by letter; a search among more takes too long to wait for."""


def path_text(segments: Sequence[Segment]) -> str:
    """The segments as people write them: `disks.0.size`, `server['my key']`."""
    out = ""
    for position, segment in enumerate(segments):
        text = str(segment)
        if position and isinstance(segment, int) and segment < 0:
            out += f"[{text}]"
        elif position and not (isinstance(segment, int) or text.replace("-", "_").isidentifier()):
            out += f"[{text!r}]"
        else:
            out += f".{text}" if position else text
    return out


def type_name(value: Json) -> str:
    """What people call a value of this type: `text`, `a number`, `a list` …"""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "text"
    return "a list" if isinstance(value, list | tuple) else "an object"


class Suggestions:
    """Finds the name that was probably meant, as long as there is room to look: comparing names is slow.

    For people who draw: no run and no intake looks for one. A whole flow shares one.
    """

    def __init__(self, most: int = 20_000) -> None:
        self.left = most

    def nearest(self, name: str, names: Iterable[str]) -> str | None:
        """The name that was probably meant, or None."""
        if self.left <= 0 or len(name) > MAX_NAME_SHOWN:
            return None
        lower, close = name.lower(), max(len(name) // 2, 2)
        known: list[str] = []
        for entry in islice(names, self.left):
            self.left -= 1
            if abs(len(entry) - len(name)) > close:
                continue
            if entry.lower() == lower:
                return entry
            known.append(entry)
        # Those with the same beginning are likelier, and only so many are compared letter by letter.
        known.sort(key=lambda entry: entry[:1].lower() != lower[:1])
        known = known[:MAX_NAMES_COMPARED]
        self.left -= 50 * len(known)
        found = get_close_matches(name, known, n=1, cutoff=0.6)
        return found[0] if found else None


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The name that was probably meant, or None."""
    return Suggestions().nearest(name, names)


def names_text(names: Iterable[str]) -> str:
    """At most twelve names, joined and cut to a readable length, with a mark when there are more."""
    shown = [entry[:MAX_NAME_SHOWN] for entry in islice(names, MAX_NAMES_SHOWN + 1)]
    more = ", …" if len(shown) > MAX_NAMES_SHOWN else ""
    return ", ".join(shown[:MAX_NAMES_SHOWN]) + more


def missing_field(segments: Sequence[Segment], depth: int, holder: Json) -> NodeError:
    """The error for a field that is not there, in a run: it lists what there is and guesses nothing.

    Args:
        segments: the whole path.
        depth: how many of its segments were found.
        holder: the value in which the next segment was looked for.
    """
    wanted = path_text(segments[: depth + 1])
    where = f"“{path_text(segments[:depth])}”" if depth else "the record"
    if isinstance(holder, Mapping):
        message, hint = _missing_in_object(wanted, where, holder)
    elif isinstance(holder, list | tuple):
        message = f"There is no field “{wanted}”: {where} is a list of {len(holder)}."
        hint = f"Name one element by its number, such as {path_text([*segments[:depth], 0])}."
    else:
        message = f"There is no field “{wanted}”: {where} is {type_name(holder)}."
        hint = "Give a fallback with default, or check what comes from upstream."
    return NodeError("missing_field", message, hint=hint)


def _missing_in_object(wanted: str, where: str, holder: Mapping[str, Json]) -> tuple[str, str]:
    names = names_text(map(str, holder))
    there = f"{where[0].upper()}{where[1:]} has {names}." if names else f"{where} is empty."
    return f"There is no field “{wanted}”. {there}", "Choose one of the fields that are there."
