"""The tests behind the operations: each reads what is expected once and gives a test of one value."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from operator import ge, gt, le, lt
from typing import Any

from flows.sdk.errors import NodeError
from flows.sdk.fields import type_name
from flows.sdk.json_types import Json
from flows.sdk.patterns import compile_pattern, found
from flows.sdk.value_readers import as_text, read_boolean, read_moment, read_number
from flows.sdk.work import ELEMENT_WORK, spend

Test = Callable[[Json], bool]

MISSING = object()
"""Stands for a field that is not there; only `exists`, `is_empty` and their negations take it."""


def _refused(field: Json, expected: Json, wanted: str) -> NodeError:
    shown = f"“{expected}”"[:80] if isinstance(expected, str | int | float) else type_name(expected)
    return NodeError(
        "not_comparable",
        f"The field holds {type_name(field)}, and the value {shown} is not {wanted}.",
        hint=f"Write {wanted} as the value, or choose another field.",
        field="value",
    )


def _any_element(test: Test) -> Test:
    """A list meets a test when one of its plain elements does."""

    def tried(value: Json) -> bool:
        if isinstance(value, list):
            spend(ELEMENT_WORK * len(value))
            return any(test(element) for element in value if not isinstance(element, list | dict))
        return test(value)

    return tried


def equals(expected: Json) -> Test:
    """Equal, as the field's type understands it."""
    number, moment = read_number(expected), read_moment(expected)
    boolean, text = read_boolean(expected), as_text(expected)

    def test(value: Json) -> bool:
        if isinstance(value, str):
            if value == text:
                return True
            return moment is not None and read_moment(value) == moment
        if isinstance(value, bool):
            if boolean is None:
                raise _refused(value, expected, "true or false")
            return value is boolean
        if isinstance(value, int | float):
            if number is None:
                raise _refused(value, expected, "a number")
            return value == number
        if value is None or expected is None:
            return value is expected
        return _same(value, expected)

    return test


def _same(value: Json, expected: Json) -> bool:
    if isinstance(value, list) and not isinstance(expected, list):
        return _any_element(equals(expected))(value)
    if isinstance(value, Mapping) and not isinstance(expected, Mapping):
        raise _refused(value, expected, "an object")
    return bool(value == expected)


def _orders(compare: Callable[[Any, Any], bool]) -> Callable[[Json], Test]:
    def make(expected: Json) -> Test:
        number, moment, text = read_number(expected), read_moment(expected), as_text(expected)

        def test(value: Json) -> bool:
            if isinstance(value, str):
                return _order_text(compare, value, text, moment, expected)
            if isinstance(value, int | float) and not isinstance(value, bool):
                if number is None:
                    raise _refused(value, expected, "a number")
                return compare(value, number)
            raise NodeError(
                "not_comparable",
                f"The field is {type_name(value)}, which is neither smaller nor greater than anything.",
                hint="Compare a number, a text or a date.",
                field="field",
            )

        return _any_element(test)

    return make


def _order_text(
    compare: Callable[[Any, Any], bool], value: str, text: str | None, moment: datetime | None, expected: Json
) -> bool:
    own = read_moment(value)
    if own is not None:
        if moment is None:
            raise _refused(value, expected, "a date such as 2026-01-31 or 2026-01-31T08:00:00Z")
        return compare(own, moment)
    if text is None:
        raise _refused(value, expected, "text")
    return compare(value, text)


def _on_text(check: Callable[[str, str], bool]) -> Callable[[Json], Test]:
    def make(expected: Json) -> Test:
        wanted = as_text(expected)

        def test(value: Json) -> bool:
            text = as_text(value)
            if text is None:
                return _no_text(value)
            if wanted is None:
                raise _refused(value, expected, "text")
            return check(text, wanted)

        return _any_element(test)

    return make


def _no_text(value: Json) -> bool:
    if value is None:
        return False
    raise NodeError(
        "not_comparable",
        f"The field is {type_name(value)}, not text.",
        hint="Name a field inside it.",
        field="field",
    )


def contains(expected: Json) -> Test:
    """Text has it inside, a list has it as an element."""
    in_text = _on_text(lambda text, wanted: wanted in text)(expected)
    element = equals(expected)

    def test(value: Json) -> bool:
        if isinstance(value, list):
            spend(ELEMENT_WORK * len(value))
            return any(type(entry) is not dict and _quietly(element, entry) for entry in value)
        return in_text(value)

    return test


def _quietly(test: Test, value: Json) -> bool:
    """Elements of other types than the expected one are no failure in a list, they are just not it."""
    try:
        return test(value)
    except NodeError:
        return False


def in_list(expected: Json) -> Test:
    """Equal to one of a list, given as a list or as text with commas or line ends between."""
    if isinstance(expected, str):
        options: list[Json] = [part.strip() for part in re.split(r"[,\n]", expected) if part.strip()]
    else:
        options = list(expected) if isinstance(expected, list | tuple) else [expected]
    tests = [equals(option) for option in options]

    def test(value: Json) -> bool:
        spend(ELEMENT_WORK * len(tests))
        return any(entry(value) for entry in tests)

    return _any_element(test)


def matches(expected: Json) -> Test:
    """An RE2 pattern is found in the text."""
    if not isinstance(expected, str):
        raise NodeError(
            "bad_pattern", "The pattern is not text.", hint="Write an RE2 pattern.", field="value"
        )
    compile_pattern(expected)

    def test(value: Json) -> bool:
        text = as_text(value)
        return _no_text(value) if text is None else found(expected, text)

    return _any_element(test)


def _exists(expected: Json) -> Test:
    return lambda value: value is not MISSING


def _is_empty(expected: Json) -> Test:
    def test(value: Json) -> bool:
        if value is None or value is MISSING:
            return True
        return isinstance(value, str | list | Mapping) and len(value) == 0

    return test


BASE_TESTS: Mapping[str, Callable[[Json], Test]] = {
    "=": equals,
    "<": _orders(lt),
    "<=": _orders(le),
    ">": _orders(gt),
    ">=": _orders(ge),
    "contains": contains,
    "starts_with": _on_text(str.startswith),
    "ends_with": _on_text(str.endswith),
    "in_list": in_list,
    "matches": matches,
    "is_empty": _is_empty,
    "exists": _exists,
}
"""How to make the test of each operation that negates no other."""
