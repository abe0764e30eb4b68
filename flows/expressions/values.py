"""Values inside templates: their text, their weight, and the budget of one rendering."""

from collections.abc import Mapping, Sequence
from math import isfinite

import orjson

from flows.sdk.errors import NodeError
from flows.sdk.fields import Segment, missing_field, type_name
from flows.sdk.json_types import Json, Record

MAX_OUTPUT_CHARACTERS = 262_144
MAX_WORK = 4_194_304
MAX_NUMBER = 2**63


class MissingField(Exception):
    """A path leads nowhere. Cheap to raise, as `default` and `is defined` expect it; `as_error` tells people."""

    def __init__(self, segments: Sequence[Segment], depth: int, holder: Json) -> None:
        self.segments = segments
        self.depth = depth
        self.holder = holder

    def as_error(self) -> NodeError:
        """The error that names the field and what there is."""
        return missing_field(self.segments, self.depth, self.holder)


class Scope:
    """What one rendering sees, and how much it may still do."""

    __slots__ = ("record", "work")

    def __init__(self, record: Record) -> None:
        self.record = record
        self.work = 0

    def spend(self, amount: int) -> None:
        """Pay for looking at so many characters or elements.

        Raises:
            NodeError: `template_too_expensive`.
        """
        self.work += amount
        if self.work > MAX_WORK:
            raise NodeError(
                "template_too_expensive",
                "The template does too much with too large values.",
                hint="Use smaller fields or fewer filters.",
            )


def too_large() -> NodeError:
    """The error for an output that is too long."""
    return NodeError(
        "output_too_large", "The rendered text is longer than 256 KiB.", hint="Use smaller fields."
    )


def text_of(value: Json) -> str:
    """The text of a value within other text: null is nothing, lists and objects are JSON."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return json_of(value)


def json_of(value: Json) -> str:
    """Compact JSON.

    Raises:
        NodeError: `output_too_large`.
    """
    if weight(value, MAX_OUTPUT_CHARACTERS) > MAX_OUTPUT_CHARACTERS:
        raise too_large()
    return orjson.dumps(value, default=_plain).decode()


def _plain(value: object) -> Json:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is no JSON value.")


def weight(value: Json, most: int) -> int:
    """About how many characters a value has as JSON; stops counting once past `most`."""
    total = 0
    pending = [value]
    while pending and total <= most:
        item = pending.pop()
        if isinstance(item, str):
            total += len(item) + 2
        elif isinstance(item, Mapping):
            total += 2 + sum(len(str(key)) + 4 for key in item)
            pending.extend(item.values())
        elif isinstance(item, list):
            total += 2 + len(item)
            pending.extend(item)
        else:
            total += 4
    return total


def number_of(value: Json, what: str) -> int | float:
    """The value, which must be a number.

    Raises:
        NodeError: `wrong_type`.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise NodeError(
            "wrong_type",
            f"{what} needs numbers, and this is {type_name(value)}.",
            hint="Join texts with ~; turn text into a number with | int or | float.",
        )
    return value


def checked_number(value: int | float) -> int | float:
    """The value, which must fit into what JSON and databases hold.

    Raises:
        NodeError: `number_too_large`.
    """
    if abs(value) < MAX_NUMBER or (isinstance(value, float) and isfinite(value)):
        return value
    raise NodeError("number_too_large", "The result is too large.", hint="Calculate with smaller numbers.")


def same(left: Json, right: Json) -> bool:
    """JSON equality: true is not 1."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return bool(left == right)
