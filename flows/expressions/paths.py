"""Looking up a path in a record, by item and never by attribute: `o.items` is the key of that name."""

import json
from collections.abc import Callable, Sequence

from flows.expressions.values import MissingField
from flows.sdk.json_types import Json, Record
from flows.sdk.paths import MISSING, Segment, child

ROOT = "record"
"""The name of the whole record, for keys that are no names: `record['my key']`. A field of that name goes first."""

WORDS = frozenset(
    {"true", "false", "none", "not", "and", "or", "if", "else", "in", "is", "True", "False", "None"}
)
"""Words of the language, which are no names of fields where an expression begins."""

Getter = Callable[[Record], Json]


def template_path(segments: Sequence[Segment]) -> str:
    """As it is written in a template: `disks[0].size`, `record["odd key"]`."""
    out = ""
    for segment in segments:
        if isinstance(segment, str) and segment.isidentifier() and (out or segment not in WORDS):
            out += f".{segment}" if out else segment
        else:
            out = f"{out or ROOT}[{json.dumps(segment, ensure_ascii=False)}]"
    return out


def step(holder: Json, segment: Segment, segments: Sequence[Segment], depth: int) -> Json:
    """One step down.

    Raises:
        MissingField: there is no such key or index.
    """
    found = child(holder, segment)
    if found is not MISSING:
        return found
    raise MissingField(segments, depth, holder)


def walk(record: Record, segments: Sequence[Segment]) -> Json:
    """The value at the end of the path.

    Raises:
        MissingField: there is none.
    """
    here: Json = record
    if segments[0] == ROOT and ROOT not in record:
        segments = segments[1:]
    for depth, segment in enumerate(segments):
        here = step(here, segment, segments, depth)
    return here


def path_getter(segments: Sequence[Segment]) -> Getter:
    """A fast look-up of one path."""
    path = tuple(segments)
    first = path[0]

    def get_first(record: Record) -> Json:
        try:
            return record[first]  # type: ignore[index]  # the first segment is always a name
        except KeyError:
            return walk(record, path)

    def get(record: Record) -> Json:
        here: Json = record
        for segment in path:
            if type(here) is dict and segment in here:
                here = here[segment]
            else:
                return walk(record, path)
        return here

    return get_first if len(path) == 1 else get
