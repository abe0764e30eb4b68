"""Config fields that choose a comparison."""

from typing import Annotated

from pydantic import AfterValidator, Field

from flows.sdk.comparison import OPERATIONS, compile_comparison
from flows.sdk.errors import NodeError
from flows.sdk.fields import nearest
from flows.sdk.json_types import Json
from flows.sdk.shapes import Shape
from flows.sdk.summaries import plain
from flows.sdk.value_readers import read_moment, read_number

OPERATION_LABELS = {operation.name: operation.label for operation in OPERATIONS.values()}
OPERATIONS_WITH_VALUE = [operation.name for operation in OPERATIONS.values() if operation.takes_value]

OPERATIONS_WITH_CASE = [operation.name for operation in OPERATIONS.values() if operation.takes_case]

ORDERING = frozenset({"<", "<=", ">", ">="})


def _known(name: str) -> str:
    if name not in OPERATIONS:
        near = nearest(name, OPERATIONS)
        raise ValueError(f"There is no operation {name!r}." + (f" Did you mean {near!r}?" if near else ""))
    return name


def comparison_text(field: str | None, operation: str, value: Json) -> str:
    """A comparison as people read it: `ram ≥ 8192`. Empty while no field is chosen."""
    known = OPERATIONS.get(operation)
    if not field or known is None:
        return ""
    return f"{field} {known.label} {plain(value) if known.takes_value else ''}"


OperationName = Annotated[str, AfterValidator(_known), Field(json_schema_extra={"enum": list(OPERATIONS)})]
"""The name of an operation of `flows.sdk.comparison`."""


def condition_problem(shape: Shape | None, field: str, operation: str, value: Json) -> tuple[str, str] | None:
    """What is wrong with comparing a field of this shape with a fixed value, as (message, hint)."""
    try:
        compile_comparison(field, operation, value)
    except NodeError as error:
        return str(error), error.hint
    if shape is None or operation not in (*ORDERING, "=", "!="):
        return None
    if shape.type in ("integer", "number") and read_number(value) is None:
        return (
            f"The field {field!r} holds a number, and the value is not one.",
            "Write a number as the value.",
        )
    if shape.format == "date-time" and operation in ORDERING and read_moment(value) is None:
        return (
            f"The field {field!r} holds a date, and the value is not one.",
            "Write a date such as 2026-03-01.",
        )
    return None
