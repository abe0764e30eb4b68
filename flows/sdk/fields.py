"""Looking up a field of a record, and saying well what is wrong when it is not there."""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

from flows.sdk.errors import NodeError
from flows.sdk.json_types import Json

MAX_NAMES_SHOWN = 12

Segment = str | int


def path_text(segments: Sequence[Segment]) -> str:
    """The segments as people write them: `disks.0.size`, `server['my key']`."""
    out = ""
    for position, segment in enumerate(segments):
        text = str(segment)
        if position and not (isinstance(segment, int) or text.replace("-", "_").isidentifier()):
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


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The name that was probably meant, or None."""
    known = [entry for entry in names if len(entry) <= 200]
    exact = [entry for entry in known if entry.lower() == name.lower()]
    found = exact or get_close_matches(name, known, n=1, cutoff=0.6)
    return found[0] if found else None


def names_text(names: Iterable[str]) -> str:
    """At most twelve names, joined, with a mark when there are more."""
    known = list(names)
    more = ", …" if len(known) > MAX_NAMES_SHOWN else ""
    return ", ".join(known[:MAX_NAMES_SHOWN]) + more


def missing_field(segments: Sequence[Segment], depth: int, holder: Json) -> NodeError:
    """The error for a field that is not there.

    Args:
        segments: the whole path.
        depth: how many of its segments were found.
        holder: the value in which the next segment was looked for.
    """
    wanted = path_text(segments[: depth + 1])
    where = f"“{path_text(segments[:depth])}”" if depth else "the record"
    if isinstance(holder, Mapping):
        message, hint = _missing_in_object(wanted, str(segments[depth]), where, holder)
    elif isinstance(holder, list | tuple):
        message = f"There is no field “{wanted}”: {where} is a list of {len(holder)}."
        hint = f"Name one element by its number, such as {path_text([*segments[:depth], 0])}."
    else:
        message = f"There is no field “{wanted}”: {where} is {type_name(holder)}."
        hint = "Give a fallback with default, or check what comes from upstream."
    return NodeError("missing_field", message, hint=hint)


def _missing_in_object(wanted: str, name: str, where: str, holder: Mapping[str, Json]) -> tuple[str, str]:
    names = [str(key) for key in holder]
    near = nearest(name, names)
    there = f"{where[0].upper()}{where[1:]} has {names_text(names)}." if names else f"{where} is empty."
    message = f"There is no field “{wanted}”. {there}"
    return message, f"Did you mean “{near}”?" if near else "Choose one of the fields that are there."
