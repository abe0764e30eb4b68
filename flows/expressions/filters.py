"""The filters that templates may use, all our own. None gives more than it was given, but for `replace` and `join`,
whose result is measured before it is made."""

import html
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any
from urllib.parse import quote

from flows.expressions.budget import ELEMENT, Scope
from flows.expressions.values import (
    MAX_OUTPUT_CHARACTERS,
    checked_number,
    json_of,
    number_of,
    same,
    text_of,
    too_large,
)
from flows.sdk.errors import NodeError
from flows.sdk.fields import type_name
from flows.sdk.json_types import Json
from flows.sdk.value_readers import read_number


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter: what it does, and how many values may stand in its brackets.

    Args:
        apply: called with the scope, the value and the arguments.
        least, most: of the arguments.
        names: of the arguments, for those given by name.
        summary: one line for the documentation and the completion.
    """

    apply: Callable[..., Json]
    summary: str
    least: int = 0
    most: int = 0
    names: tuple[str, ...] = ()


def _elements(scope: Scope, value: Json, name: str) -> list[Json]:
    if not isinstance(value, list):
        raise NodeError("wrong_type", f"“{name}” needs a list, and this is {type_name(value)}.")
    scope.spend(2 * ELEMENT * len(value))
    return value


def _on_text(change: Callable[[str], str], cost: int = 2) -> Callable[[Scope, Json], Json]:
    """A filter that changes text at so many units a character."""

    def apply(scope: Scope, value: Json) -> Json:
        text = text_of(scope, value)
        scope.spend(cost * len(text))
        return change(text)

    return apply


def _replace(scope: Scope, value: Json, old: Json, new: Json) -> Json:
    text, wanted, other = text_of(scope, value), text_of(scope, old), text_of(scope, new)
    if not wanted:
        raise NodeError("wrong_value", "“replace” cannot replace an empty text.")
    scope.spend(len(text))
    size = len(text) + text.count(wanted) * (len(other) - len(wanted))
    scope.spend(max(size, 0))
    if size > MAX_OUTPUT_CHARACTERS:
        raise too_large()
    return text.replace(wanted, other)


def _join(scope: Scope, value: Json, separator: Json = "") -> Json:
    elements = _elements(scope, value, "join")
    between = text_of(scope, separator)
    size, texts = 0, []
    for element in elements:
        texts.append(text_of(scope, element))
        size += len(texts[-1]) + len(between)
        if size > MAX_OUTPUT_CHARACTERS:
            raise too_large()
    return between.join(texts)


def _length(scope: Scope, value: Json) -> Json:
    if isinstance(value, str | list | Mapping):
        return len(value)
    raise NodeError("wrong_type", f"{type_name(value).capitalize()} has no length.")


def _first(scope: Scope, value: Json) -> Json:
    return _end(value, 0)


def _last(scope: Scope, value: Json) -> Json:
    return _end(value, -1)


def _end(value: Json, index: int) -> Json:
    if isinstance(value, str | list):
        return value[index] if value else None
    raise NodeError("wrong_type", f"{type_name(value).capitalize()} has no first or last element.")


def _truncate(scope: Scope, value: Json, length: Json = 255, end: Json = "…") -> Json:
    text, tail = text_of(scope, value), text_of(scope, end)
    most = int(number_of(length, "truncate"))
    if len(text) <= most:
        return text
    return text[: max(most - len(tail), 0)] + tail


def _round(scope: Scope, value: Json, digits: Json = 0) -> Json:
    number = number_of(value, "round")
    places = int(number_of(digits, "round"))
    if not 0 <= places <= 10:
        raise NodeError("wrong_value", "“round” takes 0 to 10 digits.")
    try:
        rounded = Decimal(str(number)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    except InvalidOperation:
        return number
    return int(rounded) if places == 0 else float(rounded)


def _int(scope: Scope, value: Json, default: Json = None) -> Json:
    number = _read(scope, value)
    if number is None:
        return _fallback(value, default, "a whole number")
    return checked_number(math.trunc(number))


def _float(scope: Scope, value: Json, default: Json = None) -> Json:
    number = _read(scope, value)
    return _fallback(value, default, "a number") if number is None else float(number)


def _read(scope: Scope, value: Json) -> int | float | None:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str):
        scope.spend(len(value))
        return read_number(value)
    return checked_number(value) if isinstance(value, int | float) else None


def _fallback(value: Json, default: Json, wanted: str) -> Json:
    if default is not None:
        return default
    shown = f"“{value[:60]}”" if isinstance(value, str) else type_name(value)
    raise NodeError("wrong_type", f"{shown} is not {wanted}.", hint="Give a fallback, as | int(0).")


def _extreme(pick: Callable[[Any], Any], name: str) -> Callable[[Scope, Json], Json]:
    def apply(scope: Scope, value: Json) -> Json:
        elements = _comparable(_elements(scope, value, name), name)
        scope.spend(_characters(elements))
        return pick(elements) if elements else None

    return apply


def _comparable(elements: list[Json], name: str) -> list[Json]:
    is_text = all(isinstance(element, str) for element in elements)
    is_number = all(isinstance(e, int | float) and not isinstance(e, bool) for e in elements)
    if not (is_text or is_number):
        raise NodeError("wrong_type", f"“{name}” needs a list of numbers or a list of texts.")
    return elements


def _characters(elements: list[Json]) -> int:
    return sum(len(element) for element in elements) if elements and isinstance(elements[0], str) else 0


def _sum(scope: Scope, value: Json) -> Json:
    elements = _elements(scope, value, "sum")
    return checked_number(sum(number_of(element, "“sum”") for element in elements))


def _sort(scope: Scope, value: Json) -> Json:
    elements = _comparable(_elements(scope, value, "sort"), "sort")
    scope.spend((len(elements) * ELEMENT + _characters(elements)) * len(elements).bit_length())
    return sorted(elements)


def _unique(scope: Scope, value: Json) -> Json:
    out: list[Json] = []
    seen: set[str] = set()
    for element in _elements(scope, value, "unique"):
        mark = f"{type(element).__name__}:{text_of(scope, element)}"
        if mark not in seen:
            seen.add(mark)
            out.append(element)
    return out


def _map(scope: Scope, value: Json, attribute: Json) -> Json:
    name = text_of(scope, attribute)
    return [
        element.get(name) if isinstance(element, Mapping) else None
        for element in _elements(scope, value, "map")
    ]


def _json(scope: Scope, value: Json) -> Json:
    return json_of(scope, value)


def _percent(text: str) -> str:
    return quote(text, safe="", errors="replace")


def contains(scope: Scope, holder: Json, wanted: Json) -> bool:
    """What `in` says: part of a text, element of a list, key of an object.

    Raises:
        NodeError: `wrong_type`.
    """
    if isinstance(holder, str):
        part = text_of(scope, wanted)
        scope.spend(len(holder) + len(part))
        return part in holder
    if isinstance(holder, Mapping):
        scope.spend(len(wanted) if isinstance(wanted, str) else 1)
        return isinstance(wanted, str) and wanted in holder
    if isinstance(holder, list):
        return any(same(scope, element, wanted) for element in holder)
    raise NodeError("wrong_type", f"Nothing is in {type_name(holder)}.", hint="Use in with a text or a list.")


FILTERS: Mapping[str, Filter] = {
    "upper": Filter(_on_text(str.upper), "Capital letters"),
    "lower": Filter(_on_text(str.lower), "Small letters"),
    "capitalize": Filter(_on_text(str.capitalize), "First letter capital, the others small"),
    "title": Filter(_on_text(str.title, 4), "Each word with a capital letter"),
    "trim": Filter(_on_text(str.strip), "Without white space at both ends"),
    "string": Filter(_on_text(str), "As text"),
    "escape": Filter(_on_text(html.escape, 6), "Safe within HTML"),
    "e": Filter(_on_text(html.escape, 6), "Safe within HTML"),
    "urlencode": Filter(_on_text(_percent, 12), "Safe within a URL"),
    "replace": Filter(_replace, "One text in the place of another", 2, 2, ("old", "new")),
    "truncate": Filter(_truncate, "At most so many characters", 0, 2, ("length", "end")),
    "join": Filter(_join, "The elements of a list as one text", 0, 1, ("d",)),
    "map": Filter(_map, "One field of every element", 1, 1, ("attribute",)),
    "length": Filter(_length, "How many characters or elements"),
    "count": Filter(_length, "How many characters or elements"),
    "first": Filter(_first, "The first element"),
    "last": Filter(_last, "The last element"),
    "min": Filter(_extreme(min, "min"), "The smallest element"),
    "max": Filter(_extreme(max, "max"), "The greatest element"),
    "sum": Filter(_sum, "The elements added up"),
    "sort": Filter(_sort, "The elements in order"),
    "unique": Filter(_unique, "Each element once"),
    "round": Filter(_round, "Rounded to so many digits", 0, 1, ("precision",)),
    "abs": Filter(lambda scope, value: abs(number_of(value, "“abs”")), "Without its sign"),
    "int": Filter(_int, "As a whole number", 0, 1, ("default",)),
    "float": Filter(_float, "As a number", 0, 1, ("default",)),
    "tojson": Filter(_json, "As JSON text"),
    "json": Filter(_json, "As JSON text"),
}
"""Every filter but `default`, which must see a field that is missing."""

DEFAULT_FILTERS = frozenset({"default", "d"})


def is_empty(value: Json) -> bool:
    """Whether a value is null, or an empty text, list or object."""
    return value is None or (isinstance(value, str | list | Mapping) and not value)


TESTS: Mapping[str, Callable[[Json], bool]] = {
    "none": lambda value: value is None,
    "null": lambda value: value is None,
    "empty": is_empty,
    "string": lambda value: isinstance(value, str),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "true": lambda value: value is True,
    "false": lambda value: value is False,
    "list": lambda value: isinstance(value, list),
    "sequence": lambda value: isinstance(value, list),
    "mapping": lambda value: isinstance(value, Mapping),
    "odd": lambda value: isinstance(value, int) and value % 2 == 1,
    "even": lambda value: isinstance(value, int) and value % 2 == 0,
}
"""Every test but `defined` and `undefined`, which must see a field that is missing."""
