"""The tests behind the operations: each reads what is expected once and gives a test of one value.

What cannot be compared is not met; the test then notes why, for the step's log.
"""

import re
from collections.abc import Callable, Mapping
from operator import ge, gt, le, lt
from typing import Any

from flows.sdk.errors import NodeError
from flows.sdk.fields import type_name
from flows.sdk.json_types import Json
from flows.sdk.paths import MISSING
from flows.sdk.patterns import compile_pattern, found
from flows.sdk.value_readers import as_text, read_boolean, read_moment, read_number
from flows.sdk.work import ELEMENT_WORK, spend

MOST_REASONS = 3


class Why:
    """Why something could not be compared: the first few reasons."""

    __slots__ = ("reasons",)

    def __init__(self) -> None:
        self.reasons: list[str] = []

    def note(self, reason: Callable[[], str]) -> bool:
        """Keep the reason while there is room; always false, so that a test can return it."""
        if len(self.reasons) < MOST_REASONS:
            self.reasons.append(reason())
        return False

    @property
    def text(self) -> str:
        """All reasons, each once."""
        return " ".join(dict.fromkeys(self.reasons))


Test = Callable[[Json, Why], bool]
Maker = Callable[[Json, bool], Test]
"""Makes a test of what is expected; the second argument ignores case in texts."""


def _no(why: Why, field: Json, expected: Json, wanted: str) -> bool:
    def reason() -> str:
        shown = f"“{expected}”"[:80] if isinstance(expected, str | int | float) else type_name(expected)
        return f"The field holds {type_name(field)}, and the value {shown} is not {wanted}."

    return why.note(reason)


def _any_element(test: Test) -> Test:
    """A list meets a test when one of its plain elements does."""

    def tried(value: Json, why: Why) -> bool:
        if isinstance(value, list):
            spend(ELEMENT_WORK * len(value))
            return any(test(element, why) for element in value if not isinstance(element, list | dict))
        return test(value, why)

    return tried


def _folded(text: str | None, ignore_case: bool) -> str | None:
    return text.casefold() if ignore_case and text is not None else text


def equals(expected: Json, ignore_case: bool = False) -> Test:
    """Equal, as the field's type understands it; text is exact but for its case, when that is ignored."""
    number, moment = read_number(expected), read_moment(expected)
    boolean, text = read_boolean(expected), as_text(expected)
    folded = _folded(text, ignore_case)

    def test(value: Json, why: Why) -> bool:
        if isinstance(value, str):
            if value == text or (ignore_case and value.casefold() == folded):
                return True
            return moment is not None and read_moment(value) == moment
        if isinstance(value, bool):
            return value is boolean if boolean is not None else _no(why, value, expected, "true or false")
        if isinstance(value, int | float):
            return value == number if number is not None else _no(why, value, expected, "a number")
        if value is None or expected is None:
            return value is expected or why.note(lambda: f"The field holds {type_name(value)}.")
        return _same(value, expected, ignore_case, why)

    return test


def _same(value: Json, expected: Json, ignore_case: bool, why: Why) -> bool:
    if isinstance(value, list) and not isinstance(expected, list):
        return _any_element(equals(expected, ignore_case))(value, why)
    if isinstance(value, Mapping) and not isinstance(expected, Mapping):
        return _no(why, value, expected, "an object")
    return bool(value == expected)


def _orders(compare: Callable[[Any, Any], bool]) -> Maker:
    def make(expected: Json, ignore_case: bool = False) -> Test:
        number, moment, text = read_number(expected), read_moment(expected), as_text(expected)

        def test(value: Json, why: Why) -> bool:
            own = read_number(value)
            if own is not None or (number is not None and isinstance(value, str)):
                if own is None or number is None:
                    return _no(why, value, expected, "a number" if number is None else "comparable with it")
                return compare(own, number)
            if not isinstance(value, str):
                return why.note(
                    lambda: (
                        f"The field is {type_name(value)}, which is neither smaller nor greater than anything."
                    )
                )
            date = read_moment(value)
            if date is not None or moment is not None:
                if date is None or moment is None:
                    return _no(why, value, expected, "a date" if moment is None else "comparable with it")
                return compare(date, moment)
            return compare(value, text) if text is not None else _no(why, value, expected, "text")

        return _any_element(test)

    return make


def _on_text(check: Callable[[str, str], bool]) -> Maker:
    def make(expected: Json, ignore_case: bool = False) -> Test:
        wanted = _folded(as_text(expected), ignore_case)

        def test(value: Json, why: Why) -> bool:
            text = _folded(as_text(value), ignore_case)
            if text is None:
                return _no_text(value, why)
            return check(text, wanted) if wanted is not None else _no(why, value, expected, "text")

        return _any_element(test)

    return make


def _no_text(value: Json, why: Why) -> bool:
    return why.note(lambda: f"The field is {type_name(value)}, not text.")


def contains(expected: Json, ignore_case: bool = False) -> Test:
    """Text has it inside, a list has it as an element."""
    in_text = _on_text(lambda text, wanted: wanted in text)(expected, ignore_case)
    element = equals(expected, ignore_case)

    def test(value: Json, why: Why) -> bool:
        if isinstance(value, list):
            spend(ELEMENT_WORK * len(value))
            # Elements of other types are no reason worth telling, they are just not it.
            return any(type(entry) is not dict and element(entry, Why()) for entry in value)
        return in_text(value, why)

    return test


def in_list(expected: Json, ignore_case: bool = False) -> Test:
    """Equal to one of a list, given as a list or as text with commas or line ends between."""
    if isinstance(expected, str):
        options: list[Json] = [part.strip() for part in re.split(r"[,\n]", expected) if part.strip()]
    else:
        options = list(expected) if isinstance(expected, list | tuple) else [expected]
    # Read once, so that a long list costs each element of the field one look-up.
    spend(2 * ELEMENT_WORK * len(options))
    holders = [equals(option) for option in options if isinstance(option, list | dict)]
    texts = {_folded(as_text(option), ignore_case) for option in options} - {None}
    numbers = {read_number(option) for option in options} - {None}
    moments = {read_moment(option) for option in options} - {None}
    booleans = {read_boolean(option) for option in options} - {None}

    def test(value: Json, why: Why) -> bool:
        spend(ELEMENT_WORK * (1 + len(holders)))
        if isinstance(value, str):
            return _folded(value, ignore_case) in texts or bool(moments and read_moment(value) in moments)
        if isinstance(value, bool):
            return value in booleans
        if isinstance(value, int | float):
            return value in numbers
        if value is None:
            return None in options or why.note(lambda: "The field is null.")
        return any(entry(value, Why()) for entry in holders)

    return _any_element(test)


def matches(expected: Json, ignore_case: bool = False) -> Test:
    """An RE2 pattern is found in the text."""
    if not isinstance(expected, str):
        raise NodeError(
            "bad_pattern", "The pattern is not text.", hint="Write an RE2 pattern.", field="value"
        )
    compile_pattern(expected)
    pattern = f"(?i){expected}" if ignore_case else expected
    compile_pattern(pattern)

    def test(value: Json, why: Why) -> bool:
        text = as_text(value)
        return _no_text(value, why) if text is None else found(pattern, text)

    return _any_element(test)


def _exists(expected: Json, ignore_case: bool = False) -> Test:
    return lambda value, why: value is not MISSING


def _is_empty(expected: Json, ignore_case: bool = False) -> Test:
    def test(value: Json, why: Why) -> bool:
        if value is None or value is MISSING:
            return True
        return isinstance(value, str | list | Mapping) and len(value) == 0

    return test


BASE_TESTS: Mapping[str, Maker] = {
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
