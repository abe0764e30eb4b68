"""Filter: split records by a comparison of one field."""

from collections.abc import Mapping

from flows.sdk import (
    Emit,
    FieldPath,
    Kind,
    Node,
    NodeConfig,
    NodeContext,
    NodeMeta,
    Port,
    Record,
    Shape,
    TemplateValue,
    node,
    ui,
)
from flows.sdk.comparison import OPERATIONS, Why, apply_filter, filtered_shape
from flows.sdk.conditions import (
    OPERATION_LABELS,
    OPERATIONS_WITH_CASE,
    OPERATIONS_WITH_VALUE,
    OperationName,
    comparison_text,
    condition_problem,
)


class FilterConfig(NodeConfig):
    """What to compare with what."""

    field: FieldPath = ui(
        label="Field",
        help="The field to look at. In a list, the first element that passes takes the place of the list.",
        placeholder="ram",
    )
    operation: OperationName = ui("=", label="Operation", widget="select", choices=OPERATION_LABELS)
    value: TemplateValue = ui(
        "",
        label="Value",
        help="Numbers compare as numbers and dates as dates. Separate the values of a list by commas.",
        placeholder="8192",
        depends_on={"operation": OPERATIONS_WITH_VALUE},
    )
    ignore_case: bool = ui(
        False,
        label="Ignore case",
        help="Upper and lower case letters of texts are the same.",
        widget="switch",
        depends_on={"operation": OPERATIONS_WITH_CASE},
    )


@node
class Filter(Node):
    """Chooses a port; both pass the record on."""

    meta = NodeMeta(
        type="filter",
        kind=Kind.FILTER,
        label="Filter",
        summary="Split records by a comparison of one field.",
        icon="filter",
        unset="No field chosen",
        ports=(Port("true", "True"), Port("false", "False")),
    )
    Config = FilterConfig

    def summary(self, config: FilterConfig) -> str:
        return comparison_text(config.field, config.operation, config.value)

    def fields(self, config: FilterConfig, upstream: Shape) -> Mapping[str, Shape]:
        """Behind `true`, a list that the field lies in has become its first matching element."""
        return {"true": filtered_shape(upstream, config.field, config.operation), "false": upstream}

    def check(self, config: FilterConfig, upstream: Shape) -> list[tuple[str, str, str]]:
        """A fixed value that the field can never be compared with."""
        if not OPERATIONS[config.operation].takes_value or "{{" in str(config.value):
            return []
        problem = condition_problem(upstream.at(config.field), config.field, config.operation, config.value)
        return [("value", *problem)] if problem else []

    def run(self, ctx: NodeContext, config: FilterConfig, record: Record) -> Emit:
        """Compare, and go on behind the port of the answer."""
        why = Why()
        ignore_case = config.ignore_case and OPERATIONS[config.operation].takes_case
        passed, out = apply_filter(
            record, config.field, config.operation, config.value, ignore_case=ignore_case, why=why
        )
        if out is record and why.reasons:
            ctx.log.info(f"The comparison could not be made. {why.text}")
        return Emit("true" if passed else "false", out)
