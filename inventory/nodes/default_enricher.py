"""Default enricher: join rows of the platform's own tables to the record."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from flows.sdk import (
    Emit,
    FieldPath,
    Kind,
    Node,
    NodeConfig,
    NodeContext,
    NodeError,
    NodeMeta,
    Record,
    Shape,
    node,
    ui,
    with_value,
)
from flows.sdk.summaries import joined, label_of
from inventory.columns import Column
from inventory.node_support import MAX_JOINED, acting, crosses_list, read, told_as_node_error
from inventory.services.lookups import rows_where
from inventory.tables import BY_KEY, JOINABLE

TableKey = Literal[
    "server",
    "user",
    "balance",
    "charges",
    "packages",
    "templates",
    "ipv4_addresses",
    "ipv4_ranges",
    "ipv6_addresses",
    "ipv6_ranges",
]


class DefaultEnricherConfig(NodeConfig):
    """Which rows, and where they go."""

    table: TableKey = ui(
        "server",
        label="From",
        help="The table to query.",
        widget="select",
        choices={table.key: table.label for table in JOINABLE},
    )
    input_field: FieldPath = ui(
        label="Input field", help="The field of the record to join with.", placeholder="userid"
    )
    join_field: str = ui(
        "id", label="Join field", help="The column of the table to compare it to.", max_length=60
    )
    as_field: FieldPath = ui(label="As field", help="Where the result is saved.", placeholder="owner")


@node
class DefaultEnricher(Node):
    """Adds an object, a list or null; see `fields`."""

    meta = NodeMeta(
        type="default-enricher",
        kind=Kind.ENRICHER,
        label="Default enricher",
        summary="Add rows of the platform's tables, such as the user of a server.",
        icon="database",
        unset="No field chosen",
        blocking=True,
    )
    Config = DefaultEnricherConfig

    def summary(self, config: DefaultEnricherConfig) -> str:
        """The table, what it is joined by, and where the rows go."""
        return joined(label_of(config, "table"), "by", config.input_field, "→", config.as_field)

    def fields(self, config: DefaultEnricherConfig, upstream: Shape) -> Mapping[str, Shape]:
        """A unique column gives an object or null; a list of values a list; else the number of rows decides."""
        row = BY_KEY[config.table].shape()
        join = BY_KEY[config.table].column(config.join_field)
        if crosses_list(upstream, config.input_field):
            joined = Shape.array(row, f"Rows of {BY_KEY[config.table].label}")
        elif join is not None and join.is_unique:
            joined = row
        else:
            joined = replace(row, is_open=True, description="One row, or a list of rows, or null")
        return {"out": upstream.with_field(config.as_field, joined)}

    def check(self, config: DefaultEnricherConfig, upstream: Shape) -> list[tuple[str, str, str]]:
        """The join column must be there, and no secret."""
        try:
            _join_column(config)
        except NodeError as error:
            return [("join_field", error.message, error.hint)]
        return []

    def run(self, ctx: NodeContext, config: DefaultEnricherConfig, record: Record) -> Emit:
        """Look the rows up, in reach of the run's tenant alone.

        Raises:
            NodeError: `missing_field`, `unknown_column`, `masked_column`, `bad_join_value`, `too_many_rows`.
        """
        join = _join_column(config)
        given = read(record, config.input_field, config_field="input_field")
        with told_as_node_error():
            rows = rows_where(BY_KEY[config.table], join, given.values, actor=acting(ctx), limit=MAX_JOINED)
        joined = rows if given.is_list or len(rows) > 1 else (rows[0] if rows else None)
        return Emit("out", with_value(record, config.as_field, joined))


def _join_column(config: DefaultEnricherConfig) -> Column:
    table = BY_KEY[config.table]
    allowed = ", ".join(column.name for column in table.join_columns)
    column = table.column(config.join_field)
    if column is not None and column in table.join_columns:
        return column
    if column is not None and column.shape.is_masked:
        raise NodeError(
            "masked_column",
            f"The column {config.join_field!r} is a secret and cannot be joined on.",
            hint=f"Choose one of: {allowed}.",
            field="join_field",
        )
    raise NodeError(
        "unknown_column",
        f"The table {table.label} has no column {config.join_field!r} to join on.",
        hint=f"Choose one of: {allowed}.",
        field="join_field",
    )
