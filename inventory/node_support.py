"""What the nodes of the platform's tables share."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal

from django.db import OperationalError

from accounts.actors import Actor
from common.problems import Problem
from flows.sdk import MISSING, Json, NodeContext, NodeError, Record, Shape, value_at
from flows.sdk.paths import index_of

_DECIMAL = re.compile(r"[+-]?\d{1,12}(\.\d{1,12})?", re.ASCII)

MAX_JOINED = 1000
"""More values or rows of one look-up than that fail the step."""


@dataclass(frozen=True, slots=True)
class Read:
    """What a field holds: one value, or those of every element of a list that the path goes through."""

    values: list[Json]
    is_list: bool


def acting(ctx: NodeContext) -> Actor:
    """The actor of a step: the program, in reach of the run's tenant alone."""
    return Actor(user_id=None, tenant_id=ctx.tenant_id, role=None, name=f"run {ctx.run_id}")


@contextmanager
def told_as_node_error(fields: Mapping[str, str] | None = None) -> Iterator[None]:
    """Tell a service's refusal as the failure of a node; `fields` gives config fields by public column."""
    try:
        yield
    except Problem as problem:
        raise NodeError.of(problem, field=(fields or {}).get(problem.field or "", problem.field)) from problem
    except OperationalError as error:
        raise NodeError(
            "database_busy",
            "The database did not answer in time.",
            hint="The step is tried again if its settings say so.",
            retryable=True,
        ) from error


def read(record: Record, path: str, *, config_field: str) -> Read:
    """Read a field; a path that goes through a list without an index means all its elements.

    Raises:
        NodeError: `missing_field`, `too_many_values`.
    """
    found = value_at(record, path)
    if found is not MISSING:
        many = isinstance(found, list)
        return _limited(Read(list(found) if many else [found], many), path, config_field)
    names = path.split(".")
    for position in range(1, len(names)):
        inner = value_at(record, ".".join(names[:position]))
        if isinstance(inner, list) and index_of(names[position]) is None:
            rest = ".".join(names[position:])
            values = [value_at(element, rest) for element in inner]
            kept = [value for value in values if value is not MISSING]
            return _limited(Read(kept, True), path, config_field)
    known = ", ".join(sorted(record)) or "nothing"
    raise NodeError(
        "missing_field",
        f"The record has no field {path!r}. It has: {known[:500]}.",
        hint="Choose a field that the nodes before this one give.",
        field=config_field,
    )


def _limited(found: Read, path: str, config_field: str) -> Read:
    if len(found.values) > MAX_JOINED:
        raise NodeError(
            "too_many_values",
            f"The field {path!r} holds {len(found.values)} values; {MAX_JOINED} can be looked up at once.",
            hint="Filter the list first.",
            field=config_field,
        )
    return found


def crosses_list(shape: Shape, path: str) -> bool:
    """Whether a path of the declared record is a list, or goes through one without an index."""
    here: Shape | None = shape
    for name in path.split("."):
        if here is not None and here.type == "array" and index_of(name) is None:
            return True
        here = here.at(name) if here is not None else None
    return here is not None and here.type == "array"


def whole_number(value: Json, field: str) -> int | None:
    """A whole number from a config value; None when it was left empty.

    Raises:
        NodeError: `not_a_number`.
    """
    if value is None or value == "":
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    text = str(value).strip()
    if text.isascii() and text.removeprefix("-").isdigit() and len(text) <= 18:
        return int(text)
    raise NodeError(
        "not_a_number",
        f"{text[:60]!r} is not a whole number.",
        hint="Write a number, or a field that holds one.",
        field=field,
    )


def needed_number(value: Json, field: str, instead: str = "") -> int:
    """As `whole_number`, for what must be given; `instead` says what leads to nothing on purpose.

    Raises:
        NodeError: `not_a_number`, `missing_value`.
    """
    number = whole_number(value, field)
    if number is None:
        raise missing_value(field, instead)
    return number


def needed_decimal(value: Json, field: str, instead: str = "") -> Decimal:
    """A number, fractions allowed.

    Raises:
        NodeError: `not_a_number`, `missing_value`.
    """
    if value is None or value == "":
        raise missing_value(field, instead)
    text = str(value).strip()
    if isinstance(value, (int, float, str)) and not isinstance(value, bool) and _DECIMAL.fullmatch(text):
        return Decimal(text)
    raise NodeError(
        "not_a_number",
        f"{text[:60]!r} is not a number.",
        hint="Write a number such as 12.5, or a field that holds one.",
        field=field,
    )


def needed_text(value: Json, field: str, instead: str = "") -> str:
    """Text that says something.

    Raises:
        NodeError: `missing_value`, `not_a_text`.
    """
    if isinstance(value, (dict, list, bool)):
        raise NodeError(
            "not_a_text", "Text is needed here.", hint="Write text, or a field that holds it.", field=field
        )
    text = "" if value is None else str(value)
    if not text.strip():
        raise missing_value(field, instead)
    return text


def missing_value(field: str, instead: str = "") -> NodeError:
    """The error for a value that is needed and came out empty."""
    return NodeError(
        "missing_value",
        "A value is needed here and nothing was given, so nothing was changed.",
        hint=instead or "Write it, or a field that holds it.",
        field=field,
    )
