"""Checks of one value: its type, its size, its text."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from flows.sdk.errors import NodeError
from flows.sdk.fields import names_text, type_name
from flows.sdk.json_types import Json
from flows.sdk.patterns import compile_pattern, found
from flows.sdk.schema.bounds import MAX_ENUM, SchemaError
from flows.sdk.schema.equality import canonical
from flows.sdk.schema.walk import Check, Path, Walk
from flows.sdk.work import COMPARISON_WORK, Budget, TooExpensive

FRACTION_WORK = 500
Maker = Callable[[Any, str], Check]


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


TYPES: Mapping[str, Callable[[Any], bool]] = {
    "string": lambda value: type(value) is str,
    "integer": lambda value: type(value) is int or (type(value) is float and value.is_integer()),
    "number": lambda value: type(value) is int or type(value) is float,
    "boolean": lambda value: type(value) is bool,
    "null": lambda value: value is None,
    "object": lambda value: type(value) is dict,
    "array": lambda value: type(value) is list,
}


_PLAIN: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
    "object": (dict,),
    "array": (list,),
}


def plain_types(named: str | list[str]) -> frozenset[type]:
    """Python's types of which every value is of a type that `type` names."""
    names = [named] if isinstance(named, str) else named
    return frozenset(kind for name in names for kind in _PLAIN[name])


def of_type(named: Any, at: str) -> Check:
    """`type`."""
    names = [named] if isinstance(named, str) else named
    if not isinstance(names, list) or not names or not all(isinstance(n, str) and n in TYPES for n in names):
        raise SchemaError("“type” names no type.", f"Known are: {', '.join(TYPES)}.", at)
    tests = [TYPES[name] for name in dict.fromkeys(names)]
    wanted = " or ".join(names)[:100]

    def check(value: Json, path: Path, walk: Walk) -> bool:
        for test in tests:
            if test(value):
                return True
        return walk.refuse(path, f"It is {type_name(value)}, not of type {wanted}")

    return check


def one_of(options: Any, at: str) -> Check:
    """`enum`."""
    if not isinstance(options, list) or not 0 < len(options) <= MAX_ENUM:
        raise SchemaError(f"“enum” is not a list of 1 to {MAX_ENUM:,} values.", "Write [ … ] here.", at)
    try:
        known = {canonical(option, Budget(COMPARISON_WORK)) for option in options}
    except (TooExpensive, TypeError, ValueError, RecursionError):
        raise SchemaError("A value to compare with is too large.", "Use smaller values.", at) from None
    shown = names_text([option if isinstance(option, str) else str(option)[:60] for option in options])

    def check(value: Json, path: Path, walk: Walk) -> bool:
        if canonical(value, walk.budget) in known:
            return True
        return walk.refuse(path, f"It is none of these: {shown}")

    return check


def constant(option: Any, at: str) -> Check:
    """`const`."""
    return one_of([option], at)


def _bound(number: Any, at: str) -> Any:
    if not _is_number(number):
        raise SchemaError("This is a number.", "Write one without quotes.", at)
    return number


def _bounded(fits: Callable[[Any, Any], bool], said: str) -> Maker:
    def make(number: Any, at: str) -> Check:
        bound = _bound(number, at)

        def check(value: Json, path: Path, walk: Walk) -> bool:
            if not _is_number(value) or fits(value, bound):
                return True
            return walk.refuse(path, f"It is {value!s}, which is not {said} {bound!s}")

        return check

    return make


def multiple(step: Any, at: str) -> Check:
    """`multipleOf`."""
    if _bound(step, at) <= 0:
        raise SchemaError("“multipleOf” is greater than zero.", "Write a positive number.", at)
    exact = Fraction(str(step))

    def check(value: Json, path: Path, walk: Walk) -> bool:
        if not _is_number(value):
            return True
        walk.budget.spend(FRACTION_WORK)
        if Fraction(str(value)) % exact == 0:
            return True
        return walk.refuse(path, f"It is {value!s}, which is not a multiple of {step!s}")

    return check


def count(number: Any, at: str) -> int:
    """A count in a schema."""
    if not _is_number(number) or number < 0 or number != int(number):
        raise SchemaError("This is a count.", "Write a whole number from 0.", at)
    return int(number)


def _sized(kind: type, measures: str, *, least: bool) -> Maker:
    def make(number: Any, at: str) -> Check:
        bound = count(number, at)
        word = "at least" if least else "at most"

        def check(value: Any, path: Path, walk: Walk) -> bool:
            size = len(value) if isinstance(value, str | list | dict) and isinstance(value, kind) else bound
            if (size >= bound) if least else (size <= bound):
                return True
            return walk.refuse(path, f"It has {size:,} {measures}; {word} {bound:,} are asked for")

        return check

    return make


def pattern_of(text: Any, at: str) -> str:
    """A pattern in a schema, read."""
    if not isinstance(text, str):
        raise SchemaError("A pattern is text.", "Write an RE2 pattern.", at)
    try:
        compile_pattern(text)
    except NodeError as error:
        raise SchemaError(error.message, error.hint, at) from None
    return text


def matching(text: Any, at: str) -> Check:
    """`pattern`."""
    pattern = pattern_of(text, at)

    def check(value: Json, path: Path, walk: Walk) -> bool:
        if not isinstance(value, str):
            return True
        try:
            if found(pattern, value):
                return True
        except TooExpensive:
            raise
        except NodeError as error:
            return walk.refuse(path, error.message.removesuffix("."))
        return walk.refuse(path, f"It does not match the pattern {pattern[:80]}")

    return check


VALUE_CHECKS: Mapping[str, Maker] = {
    "type": of_type,
    "enum": one_of,
    "const": constant,
    "minimum": _bounded(lambda value, bound: value >= bound, "at least"),
    "maximum": _bounded(lambda value, bound: value <= bound, "at most"),
    "exclusiveMinimum": _bounded(lambda value, bound: value > bound, "greater than"),
    "exclusiveMaximum": _bounded(lambda value, bound: value < bound, "less than"),
    "multipleOf": multiple,
    "minLength": _sized(str, "characters", least=True),
    "maxLength": _sized(str, "characters", least=False),
    "pattern": matching,
    "minItems": _sized(list, "elements", least=True),
    "maxItems": _sized(list, "elements", least=False),
    "minProperties": _sized(dict, "fields", least=True),
    "maxProperties": _sized(dict, "fields", least=False),
}
