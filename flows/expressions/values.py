"""Values inside templates: their text, their weight, and when two are the same."""

from collections.abc import Mapping, Sequence
from math import isfinite

import orjson

from flows.expressions.budget import ELEMENT, Scope
from flows.sdk.errors import NodeError
from flows.sdk.fields import missing_field, type_name
from flows.sdk.json_types import Json
from flows.sdk.paths import Segment

MAX_OUTPUT_CHARACTERS = 262_144
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


def too_large() -> NodeError:
    """The error for an output that is too long."""
    return NodeError(
        "output_too_large", "The rendered text is longer than 256 KiB.", hint="Use smaller fields."
    )


def _number_too_large() -> NodeError:
    return NodeError("number_too_large", "The number is too large.", hint="Calculate with smaller numbers.")


def text_of(scope: Scope, value: Json) -> str:
    """The text of a value within other text: null is nothing, lists and objects are JSON.

    Raises:
        NodeError: `output_too_large`, `number_too_large`, `no_json`, `template_too_expensive`.
    """
    if isinstance(value, str):
        scope.spend(len(value))
        if len(value) > MAX_OUTPUT_CHARACTERS:
            raise too_large()
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        if abs(value) >= MAX_NUMBER:
            raise _number_too_large()
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return json_of(scope, value)


def json_of(scope: Scope, value: Json) -> str:
    """Compact JSON.

    Raises:
        NodeError: `output_too_large`, `no_json`, `template_too_expensive`.
    """
    weigh(scope, value, MAX_OUTPUT_CHARACTERS)
    try:
        return orjson.dumps(value, default=_plain).decode()
    except orjson.JSONEncodeError as error:
        raise NodeError(
            "no_json",
            "This value cannot be written as JSON.",
            hint="It is nested too deeply, or a number or a text in it is none that JSON knows.",
        ) from error


def _plain(value: object) -> Json:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is not a JSON value.")


def weigh(scope: Scope, value: Json, most: int) -> int:
    """About how many characters a value has as JSON; every element is paid for before it is walked over.

    Raises:
        NodeError: `output_too_large` past `most`, `template_too_expensive`.
    """
    total = 0
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, str):
            total += len(item) + 2
            scope.spend(len(item) + 2)
        elif isinstance(item, Mapping):
            scope.spend(2 + 2 * ELEMENT * len(item))
            total += 2 + sum(len(str(key)) + 4 for key in item)
            pending.extend(item.values())
        elif isinstance(item, list):
            scope.spend(2 + ELEMENT * len(item))
            total += 2 + len(item)
            pending.extend(item)
        else:
            total += 4
        if total > most:
            raise too_large()
    scope.spend(total)
    return total


def number_of(value: Json, what: str) -> int | float:
    """The value, which must be a number.

    Raises:
        NodeError: `wrong_type`, `number_too_large`.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise NodeError(
            "wrong_type",
            f"{what} needs numbers, and this is {type_name(value)}.",
            hint="Join texts with ~; turn text into a number with | int or | float.",
        )
    return checked_number(value)


def checked_number(value: int | float) -> int | float:
    """The value, which must fit into what JSON and databases hold.

    Raises:
        NodeError: `number_too_large`.
    """
    if abs(value) < MAX_NUMBER or (isinstance(value, float) and isfinite(value)):
        return value
    raise _number_too_large()


def same(scope: Scope, left: Json, right: Json) -> bool:
    """JSON equality at any depth: true is not 1, and 1 is 1.0. Ends at the first difference."""
    pending = [(left, right)]
    while pending:
        one, two = pending.pop()
        scope.spend(ELEMENT)
        if isinstance(one, Mapping) and isinstance(two, Mapping):
            scope.spend(2 * ELEMENT * min(len(one), len(two)))
            if len(one) != len(two) or one.keys() != two.keys():
                return False
            pending.extend((inner, two[key]) for key, inner in one.items())
        elif isinstance(one, list) and isinstance(two, list):
            scope.spend(ELEMENT * min(len(one), len(two)))
            if len(one) != len(two):
                return False
            pending.extend(zip(one, two, strict=True))
        elif not _same_plain(scope, one, two):
            return False
    return True


def _same_plain(scope: Scope, one: Json, two: Json) -> bool:
    if isinstance(one, bool) or isinstance(two, bool):
        return one is two
    if isinstance(one, str) and isinstance(two, str):
        scope.spend(min(len(one), len(two)))
    return bool(one == two)
