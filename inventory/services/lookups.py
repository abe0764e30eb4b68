"""Reading tables for flows: whitelisted columns only, in reach of one tenant."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.timezone import is_naive, make_aware

from accounts.actors import Actor
from accounts.scope import readable
from common.problems import Problem, bad_value, conflict
from flows.sdk import Json, JsonObject
from inventory.columns import Column, Table, public_values

LONGEST = 200
"""Characters of a search that are looked at."""


def search_rows(rows: QuerySet[Any], table: Table, text: str) -> QuerySet[Any]:
    """The rows that have the text anywhere in the columns that the table is searched by."""
    words = text.strip()[:LONGEST].replace("\0", "")
    if not words:
        return rows
    found = Q()
    for lookup in table.search:
        found |= Q(**{f"{lookup}__icontains": words})
    return rows.filter(found)


def narrowed(rows: QuerySet[Any], table: Table, query: Mapping[str, str], actor: Actor) -> QuerySet[Any]:
    """The rows that a search for `q` finds and that have the values asked for, by the public names of columns.

    Raises:
        Problem: 400 `invalid`.
    """
    rows = search_rows(rows, table, query.get("q", ""))
    seen = table.columns_for(actor)
    for column in table.plain_columns:
        value = query.get(column.name)
        if column not in seen or value is None:
            continue
        if value == "":
            rows = rows.filter(**{f"{column.attribute}__isnull": True})
            continue
        try:
            rows = rows.filter(**{column.attribute: typed(table, column, value[:LONGEST])})
        except Problem as problem:
            raise bad_value(
                "invalid",
                f"The column {column.name} cannot have the value {value[:60]!r}.",
                hint=problem.hint,
                field=column.name,
            ) from problem
    return rows


def rows_where(
    table: Table, join: Column, values: Sequence[Json], *, actor: Actor, limit: int
) -> list[JsonObject]:
    """The rows whose column has one of the values, oldest first, as flows see them.

    Null never matches. Secrets are masked and cannot be asked for.

    Raises:
        Problem: 400 `masked_column`, `bad_join_value`; 409 `too_many_rows`.
    """
    if join.shape.is_masked:
        raise bad_value(
            "masked_column",
            f"The column {join.name!r} is a secret and cannot be joined on.",
            hint="Choose another column.",
            field="join_field",
        )
    wanted = [typed(table, join, value) for value in values if value is not None]
    if not wanted:
        return []
    columns = table.flow_columns
    found = (
        readable(table.model_class, actor)
        .filter(**{f"{join.attribute}__in": wanted})
        .order_by("pk")
        .values(*dict.fromkeys(column.attribute for column in columns if not column.shape.is_masked))
    )
    rows = list(found[: limit + 1])
    if len(rows) > limit:
        raise conflict(
            "too_many_rows",
            f"More than {limit} rows of {table.label} have that {join.name}.",
            hint="Join on a column that fewer rows share.",
        )
    return [public_values(columns, row) for row in rows]


def typed(table: Table, join: Column, value: Json) -> Any:
    """A value as the column's field has it; the text "7" becomes the number 7.

    Raises:
        Problem: 400 `bad_join_value`.
    """
    field: Any = table.model_class._meta.get_field(join.model_field)
    target = field.target_field if field.is_relation else field
    try:
        if isinstance(value, (dict, list)) or (isinstance(value, bool) and not join.is_flag):
            raise ValidationError("not a plain value")
        typed = target.to_python(value)
        if join.shape.format in ("ipv4", "ipv6"):
            target.run_validators(typed)
        if isinstance(typed, datetime) and is_naive(typed):
            typed = make_aware(typed)
        if not _is_storable(typed):
            raise ValidationError("no database can hold it")
        return typed
    except (ValidationError, TypeError, ValueError, ArithmeticError) as error:
        raise bad_value(
            "bad_join_value",
            f"The value {str(value)[:60]!r} cannot be looked up in the column {join.name!r} of {table.label}.",
            hint=f"The column holds values of the type {join.shape.type}.",
            field="input_field",
        ) from error


def _is_storable(value: Any) -> bool:
    if isinstance(value, int):
        return -(2**63) <= value < 2**63
    if isinstance(value, Decimal):
        return value.is_finite()
    if isinstance(value, date):  # a datetime is one too
        return 1900 <= value.year <= 9998
    return not (isinstance(value, str) and "\0" in value)
