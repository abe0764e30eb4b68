"""Tables and columns under their public names: the one list that the API, the pages, the Default Enricher and
the events read.

A column says which attribute of the model it stands for, what its values look like, and what may be done with
it. A column that is not listed does not leave the database.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db.models import Model

from accounts.actors import Actor
from common.redact import MASK
from flows.sdk import Json, JsonObject, Shape
from inventory.labels import UNITS, label_of


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One public field of a table.

    Args:
        name: what the API, events and flows call it.
        attribute: the attribute of the model's rows; `user_id` for the id of a related row.
        shape: what its values look like; a masked one never shows its value.
        is_flag: stored as a boolean, shown as 1 or 0.
        is_unique: at most one row has a value of it.
        is_writable: the API and forms may set it.
        in_flows: the Default Enricher shows it.
        is_internal: not for the customer whom the row is about.
    """

    name: str
    attribute: str
    shape: Shape
    is_flag: bool = False
    is_unique: bool = False
    is_writable: bool = True
    in_flows: bool = True
    is_internal: bool = False

    @property
    def label(self) -> str:
        return label_of(self.name, self.attribute)

    @property
    def unit(self) -> str:
        """What its numbers count; empty for nothing."""
        return UNITS.get(self.name, "")

    @property
    def model_field(self) -> str:
        """The name of the model's field: `user` for the attribute `user_id`."""
        return self.attribute.removesuffix("_id")

    def public(self, value: Any) -> Json:
        """A value of the database as plain JSON, masked where it must be."""
        if self.shape.is_masked:
            return MASK
        return int(value) if self.is_flag and value is not None else plain(value)


def row_id(description: str = "Database id") -> Column:
    return Column("id", "id", Shape.integer(description), is_unique=True, is_writable=False)


def own_column(name: str, attribute: str, shape: Shape) -> Column:
    """A column of ours that the Event System does not have: in the API, not in flows."""
    return Column(name, attribute, shape, in_flows=False)


TENANT = own_column("tenant", "tenant_id", Shape.integer("Id of the tenant; null is the platform"))


def internal_column(name: str, shape: Shape) -> Column:
    """A column of ours that customers do not see."""
    return Column(name, name, shape, in_flows=False, is_internal=True)


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A table of the platform under its public name.

    Args:
        key: how configs of nodes name it.
        label: its name for people.
        route: its part of the URL in the API and the pages; empty when `inventory` has none for it.
        model: the Django model, as `app.Name`.
        columns: every public column, in the order in which people see them.
        listed: the columns of its list page.
        search: the model's look-ups that a search goes through.
        plural: the heading of its list; empty when `label` does.
        about: what its rows are, in a sentence for the API's document; empty when a viewset of its own says so.
        is_changeable: whether a row can be changed once it is there.
    """

    key: str
    label: str
    route: str
    model: str
    columns: tuple[Column, ...]
    listed: tuple[str, ...] = ()
    search: tuple[str, ...] = ()
    plural: str = ""
    about: str = ""
    is_changeable: bool = True

    @property
    def model_class(self) -> type[Model]:
        return apps.get_model(self.model)

    def column(self, name: str) -> Column | None:
        """The column of that public name."""
        return next((column for column in self.columns if column.name == name), None)

    @property
    def flow_columns(self) -> tuple[Column, ...]:
        """The columns that the Default Enricher shows."""
        return tuple(column for column in self.columns if column.in_flows)

    def columns_for(self, actor: Actor) -> tuple[Column, ...]:
        """The columns that the actor may see of a row in reach."""
        return tuple(column for column in self.columns if not (column.is_internal and actor.is_own_only))

    @property
    def plain_columns(self) -> tuple[Column, ...]:
        """The columns with plain values that are no secret: what lists can be narrowed by."""
        return tuple(
            column
            for column in self.columns
            if not column.shape.is_masked and column.shape.type not in ("object", "array", "any")
        )

    @property
    def join_columns(self) -> tuple[Column, ...]:
        """Those of them that flows see: what the Default Enricher may join on."""
        return tuple(column for column in self.plain_columns if column.in_flows)

    @property
    def listed_columns(self) -> tuple[Column, ...]:
        found = (self.column(name) for name in self.listed)
        return tuple(column for column in found if column is not None)

    @property
    def title(self) -> str:
        return self.plural or self.label

    @property
    def noun(self) -> str:
        """What one row is called within a sentence."""
        return str(self.model_class._meta.verbose_name)

    def shape(self) -> Shape:
        """What a row looks like in a flow."""
        return Shape.object({column.name: column.shape for column in self.flow_columns})


def plain(value: Any) -> Json:
    """A value of the database as plain JSON: moments as RFC 3339 text in UTC, decimals as numbers."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def public_row(columns: Iterable[Column], row: Model) -> JsonObject:
    """A row as plain JSON under the columns' public names."""
    return {column.name: column.public(getattr(row, column.attribute)) for column in columns}


def public_values(columns: Iterable[Column], values: Mapping[str, Any]) -> JsonObject:
    """The same from a row of `QuerySet.values`; masked columns need not have been asked for."""
    return {column.name: column.public(values.get(column.attribute)) for column in columns}
