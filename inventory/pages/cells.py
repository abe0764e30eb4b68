"""How the values of columns are shown to people."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.urls import reverse

from inventory.columns import Column
from inventory.tables import BY_MODEL

COLOURS = {
    "online": "green",
    "offline": "secondary",
    "starting": "azure",
    "stopping": "yellow",
    "restarting": "azure",
    "suspended": "orange",
    "open": "azure",
    "answered": "green",
    "closed": "secondary",
    "urgent": "red",
    "high": "orange",
    "normal": "azure",
    "low": "secondary",
}
COLOURED = ("status", "priority")


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of a row.

    Args:
        label: the column's name.
        text: what is shown; empty for nothing.
        moment: the point in time, when it is one.
        colour: of a badge, when it is shown as one.
        swatch: a colour as #rrggbb that is shown beside the text.
        url: the page of the row that it names.
        help: what the column holds.
    """

    label: str
    text: str = ""
    moment: datetime | None = None
    colour: str = ""
    swatch: str = ""
    url: str = ""
    help: str = ""


def cells_of(row: Model, columns: Iterable[Column]) -> list[Cell]:
    """The row's values in the order of the columns."""
    return [_cell(row, column) for column in columns]


def row_url(row: Model) -> str:
    """The page of a row, or an empty text when its table has none."""
    table = BY_MODEL.get(row._meta.label_lower)
    return reverse("inventory:row", args=[table.route, row.pk]) if table and table.route else ""


def _cell(row: Model, column: Column) -> Cell:
    value: Any = getattr(row, column.attribute)
    basics: dict[str, Any] = {"label": column.label, "help": column.shape.description}
    if value is None or value == "":
        return Cell(**basics)
    if column.shape.is_masked:
        return Cell(**basics, text=str(column.public(value)))
    if isinstance(value, datetime):
        return Cell(**basics, moment=value)
    if column.attribute != column.model_field:
        named: Model = getattr(row, column.model_field)
        return Cell(**basics, text=str(named), url=row_url(named))
    if column.name in COLOURED:
        return Cell(**basics, text=_words(row, column, value), colour=COLOURS.get(str(value), "secondary"))
    return Cell(
        **basics,
        text=_words(row, column, value),
        swatch=str(value) if column.name == "color" else "",
    )


def _words(row: Model, column: Column, value: Any) -> str:
    """A plain value as people read it: choices by their names, flags as yes or no, numbers with their unit."""
    field: Any = row._meta.get_field(column.model_field)
    if column.is_flag:
        return "Yes" if value else "No"
    if field.choices:
        return str(getattr(row, f"get_{field.name}_display")())
    if isinstance(value, list):
        return ", ".join(f"{pair.get('key')}: {pair.get('value')}" for pair in value)
    return f"{value}\u00a0{column.unit}" if column.unit else str(value)
