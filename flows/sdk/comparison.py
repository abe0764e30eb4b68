"""The comparisons of filters and trigger conditions: one rule for both.

The type that a field has at run time decides: a number is compared as a number, RFC 3339 text as a date, other text
as text ("007" is not "7"); only the order of two texts that spell numbers is that of the numbers. What cannot be
compared, such as a field that is missing or null, is not met, and `Why` says the reason.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from flows.sdk.comparison_tests import BASE_TESTS, Test, Why
from flows.sdk.errors import NodeError
from flows.sdk.fields import missing_field, names_text, nearest
from flows.sdk.json_types import Json, Record
from flows.sdk.paths import MISSING, index_of
from flows.sdk.shapes import Shape
from flows.sdk.work import ELEMENT_WORK, comparison_budget, spend


@dataclass(frozen=True, slots=True)
class Operation:
    """One way to compare.

    Args:
        name: as it stands in documents; never changes.
        label: what people see.
        takes_value: whether there is something to compare with.
        negates: the operation whose whole test this one turns round; None when it is a test of its own.
    """

    name: str
    label: str
    takes_value: bool = True
    negates: str | None = None

    @property
    def takes_case(self) -> bool:
        """Whether upper and lower case of texts may be ignored."""
        return self.takes_value and self.name not in ("<", "<=", ">", ">=")


_ALL = (
    Operation("=", "="),
    Operation("!=", "≠", negates="="),
    Operation("<", "<"),
    Operation("<=", "≤"),
    Operation(">", ">"),
    Operation(">=", "≥"),
    Operation("contains", "contains"),
    Operation("not_contains", "does not contain", negates="contains"),
    Operation("starts_with", "starts with"),
    Operation("not_starts_with", "does not start with", negates="starts_with"),
    Operation("ends_with", "ends with"),
    Operation("not_ends_with", "does not end with", negates="ends_with"),
    Operation("in_list", "is in list"),
    Operation("not_in_list", "is not in list", negates="in_list"),
    Operation("matches", "matches"),
    Operation("not_matches", "does not match", negates="matches"),
    Operation("is_empty", "is empty", takes_value=False),
    Operation("is_not_empty", "is not empty", takes_value=False, negates="is_empty"),
    Operation("exists", "exists", takes_value=False),
    Operation("not_exists", "does not exist", takes_value=False, negates="exists"),
)

OPERATIONS: Mapping[str, Operation] = {operation.name: operation for operation in _ALL}
"""Every operation by its name, in the order in which people see them."""

Predicate = Callable[..., bool]
"""Called with a record and, to learn the reasons, a `Why`."""
Expected = Json | Callable[[Record], Json]


def operation_named(name: str) -> Operation:
    """The operation of that name.

    Raises:
        NodeError: `unknown_operation`.
    """
    found = OPERATIONS.get(name)
    if found is None:
        near = nearest(name, OPERATIONS)
        hint = f"Did you mean {near}?" if near else f"Known are: {', '.join(OPERATIONS)}."
        raise NodeError("unknown_operation", f"There is no operation “{name}”.", hint=hint, field="operation")
    return found


def _test(operation: Operation, expected: Json, ignore_case: bool) -> tuple[Test, bool]:
    """The test that tells, and whether its answer is to be turned round."""
    base = operation.negates or operation.name
    return BASE_TESTS[base](expected, ignore_case), operation.negates is not None


def compare(
    value: Json, operation: str, expected: Json = None, *, ignore_case: bool = False, why: Why | None = None
) -> bool:
    """Whether `value` meets the comparison. A list does when one of its elements does.

    Raises:
        NodeError: `unknown_operation`; `bad_pattern`, `pattern_too_large` or `too_long` for `matches`; `too_expensive`.
    """
    test, negated = _test(operation_named(operation), expected, ignore_case)
    with comparison_budget():
        return test(value, why or Why()) is not negated


def compile_comparison(
    field_path: str, operation: str, expected: Expected = None, *, ignore_case: bool = False
) -> Predicate:
    """A fast test of one field of a record.

    Args:
        field_path: dotted. Where it meets a list and the next segment is no number, any element will do.
        operation: a name from `OPERATIONS`.
        expected: the value to compare with, or a function that gives it for a record.
        ignore_case: whether upper and lower case of texts are the same.

    Raises:
        NodeError: now `unknown_operation`, `bad_pattern`; from the returned function what `compare` raises.
    """
    known = operation_named(operation)
    finder = _Finder(field_path, takes_missing=operation in TAKES_MISSING)
    if callable(expected):
        render = expected

        def test_rendered(record: Record, why: Why | None = None) -> bool:
            test, negated = _test(known, render(record), ignore_case)
            return (finder.find(record, test, why) is not None) is not negated

        return test_rendered
    test, negated = _test(known, expected, ignore_case)
    segments = finder.segments

    def test_constant(record: Record, why: Why | None = None) -> bool:
        here: Json = record
        for name in segments:
            if type(here) is not dict or name not in here:
                return (finder.find(record, test, why) is not None) is not negated
            here = here[name]
        with comparison_budget():
            return test(here, why or Why()) is not negated

    return test_constant


def apply_filter(
    record: Record,
    field: str,
    operation: str,
    value: Json = None,
    *,
    ignore_case: bool = False,
    why: Why | None = None,
) -> tuple[bool, Record]:
    """The answer of a filter and the record that goes on.

    When the answer is true and the path went through a list, the first element that met the test takes the
    place of the list. Operations that negate another, and the answer false, leave the record as it is.

    Raises:
        NodeError: as `compile_comparison`.
    """
    known = operation_named(operation)
    test, negated = _test(known, value, ignore_case)
    found = _Finder(field, takes_missing=operation in TAKES_MISSING).find(record, test, why)
    if negated:
        return found is None, record
    return found is not None, record if found is None else found


def filtered_shape(shape: Shape, field: str, operation: str = "=") -> Shape:
    """What a record of this shape looks like after a filter on `field` answered true."""
    known = OPERATIONS.get(operation)
    if known is None or known.negates is not None:
        return shape
    return _narrow(shape, field.split("."))


def _narrow(shape: Shape, segments: list[str]) -> Shape:
    if not segments:
        return shape
    name, rest = segments[0], segments[1:]
    if shape.type == "array":
        items = shape.items or Shape()
        if index_of(name) is not None:
            return replace(shape, items=_narrow(items, rest)) if not rest else shape
        return _narrow(items, segments)
    inner = shape.fields.get(name)
    if inner is None or not rest:
        return shape
    return replace(shape, fields={**shape.fields, name: _narrow(inner, rest)})


TAKES_MISSING = frozenset({"exists", "not_exists", "is_empty", "is_not_empty"})


class _Finder:
    """Walks a path and gives the record narrowed to the first match, or None when nothing matches."""

    __slots__ = ("segments", "takes_missing")

    def __init__(self, path: str, *, takes_missing: bool) -> None:
        self.segments = path.split(".")
        self.takes_missing = takes_missing

    def find(self, record: Record, test: Test, why: Why | None) -> Record | None:
        with comparison_budget():
            found = self._find(record, 0, test, why or Why())
        return None if found is MISSING else found

    def _find(self, value: Json, depth: int, test: Test, why: Why) -> Json:
        """The value, narrowed, when it matches; else MISSING."""
        if depth == len(self.segments):
            return value if test(value, why) else MISSING
        name = self.segments[depth]
        if isinstance(value, list):
            return self._find_in_list(value, name, depth, test, why)
        if not isinstance(value, Mapping) or name not in value:
            return self._missing(value, depth, test, why)
        inner = value[name]
        found = self._find(inner, depth + 1, test, why)
        if found is MISSING or found is inner:
            return MISSING if found is MISSING else value
        return {**value, name: found}

    def _find_in_list(self, value: list[Json], name: str, depth: int, test: Test, why: Why) -> Json:
        place = index_of(name)
        if place is not None:
            return self._find_at(value, place, depth, test, why)
        spend(ELEMENT_WORK * len(value))
        for element in value:
            found = self._find(element, depth, test, why)
            if found is not MISSING:
                return found
        if not value and self.takes_missing:
            return MISSING if not test(MISSING, why) else value
        return MISSING

    def _find_at(self, value: list[Json], index: int, depth: int, test: Test, why: Why) -> Json:
        if not -len(value) <= index < len(value):
            return self._missing(value, depth, test, why)
        inner = value[index]
        found = self._find(inner, depth + 1, test, why)
        if found is MISSING or found is inner:
            return MISSING if found is MISSING else value
        out = list(value)
        out[index] = found
        return out

    def _missing(self, holder: Json, depth: int, test: Test, why: Why) -> Json:
        if self.takes_missing:
            return holder if test(MISSING, why) else MISSING
        why.note(lambda: missing_field(self.segments, depth, holder).message)
        return MISSING


__all__ = [
    "OPERATIONS",
    "Operation",
    "Why",
    "apply_filter",
    "compare",
    "compile_comparison",
    "filtered_shape",
    "names_text",
    "operation_named",
]
