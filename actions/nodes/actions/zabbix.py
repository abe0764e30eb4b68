"""Zabbix: send values to items of hosts in Zabbix."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from actions.credentials.zabbix import ZabbixFields
from actions.services import zabbix_items
from actions.services.http import Timeout
from actions.services.zabbix import Item, is_taken
from actions.services.zabbix_items import MAX_ITEMS, MAX_KEY, MAX_TEXT, ValueType
from flows.sdk import (
    CredentialRef,
    Emit,
    FieldPath,
    Json,
    JsonObject,
    Kind,
    Node,
    NodeConfig,
    NodeContext,
    NodeError,
    NodeMeta,
    Record,
    Shape,
    TemplateJson,
    TemplateText,
    TemplateValue,
    node,
    ui,
    value_at,
    with_value,
)
from flows.sdk.config import duration_seconds
from flows.sdk.summaries import joined, plain

VALUES, DISCOVERY, OUTPUT, LIFE_CYCLE = "values", "discovery", "job-output", "job-life-cycle"
KEY_FORMS = {"dash": "zabbix_action-[{key}]", "plain": "zabbix_action[{key}]", "as-is": "{key}"}
DEFAULT_KEY = "{COMPANY_CODE}-{APP_CODE}-{RUNTEMPLATE_ID}-data"


class ZabbixValue(NodeConfig):
    """One value for one item."""

    key: TemplateText = ui(label="Item key", placeholder="backup.duration", min_length=1)
    type: ValueType = ui(
        "text",
        label="Type of information",
        help="As the item has it in Zabbix.",
        choices={
            "text": "Text",
            "float": "Numeric (float)",
            "unsigned": "Numeric (unsigned)",
            "character": "Character",
            "log": "Log",
        },
    )
    value: TemplateValue = ui("", label="Value", placeholder="{{ seconds }}")
    timestamp: TemplateText = ui(
        "", label="Timestamp", help="Unix seconds or a date. Empty is when Zabbix gets the value."
    )
    host: TemplateText = ui("", label="Other host", help="Empty takes the host of the node.")


Values = Annotated[list[ZabbixValue], Field(max_length=MAX_ITEMS)]


class ZabbixConfig(NodeConfig):
    """Where to send what."""

    aliases: ClassVar[Mapping[str, str | None]] = {
        "server": None,
        "hostname": "host",
        "metricsfile": "metrics",
    }

    credential: CredentialRef("zabbix") = ui(label="Zabbix server", min_length=1)  # type: ignore[valid-type]
    host: TemplateText = ui(
        label="Host", help="The technical name of the host in Zabbix.", placeholder="web-1", min_length=1
    )
    source: Literal["values", "discovery", "job-output", "job-life-cycle"] = ui(
        VALUES,
        label="What to send",
        choices={
            VALUES: "Values",
            DISCOVERY: "A list for low-level discovery",
            OUTPUT: "The output of a job",
            LIFE_CYCLE: "The state of a job, with its discovery",
        },
    )
    values: Values = ui([], label="Values", help=f"At most {MAX_ITEMS}.", depends_on={"source": [VALUES]})
    key: TemplateText = ui(
        DEFAULT_KEY,
        label="Item key",
        help="{COMPANY_CODE}, {APP_CODE} and {RUNTEMPLATE_ID} are those of the job.",
        min_length=1,
        depends_on={"source": [DISCOVERY, OUTPUT]},
    )
    key_form: Literal["dash", "plain", "as-is"] = ui(
        "dash", label="Form of the key", choices=KEY_FORMS, depends_on={"source": [OUTPUT]}
    )
    metrics: FieldPath = ui(
        "data",
        label="Result field",
        help="The field with the job's result file. Where it is empty, the standard output is sent.",
        depends_on={"source": [OUTPUT]},
    )
    rows: TemplateJson = ui(
        None,
        label="Rows",
        help="A list of objects. Names that are no macros become some: name becomes {#NAME}.",
        widget="json",
        placeholder='[{"{#NAME}": "{{ hostname }}"}]',
        depends_on={"source": [DISCOVERY]},
    )
    on_refused: Literal["error", "go-on"] = ui(
        "error",
        label="When Zabbix does not take a value",
        choices={"error": "The step fails", "go-on": "Go on; the answer says which"},
    )
    as_field: FieldPath = ui(
        "zabbix", label="Answer as field", help="Holds processed, failed, and which values were refused."
    )
    timeout: Timeout = ui("10s", label="Time limit", help="For each value.")

    @model_validator(mode="before")
    @classmethod
    def _as_in_multiflexi(cls, drawn: Any) -> Any:
        """A key or result file without a source is that action's, which sends a job's output."""
        if not isinstance(drawn, dict) or "source" in drawn or not {"key", "metrics"} & drawn.keys():
            return drawn
        # Its result file was a file of its own machine; here the job hands over what is in it.
        return {**{name: value for name, value in drawn.items() if name != "metrics"}, "source": OUTPUT}


ANSWER = Shape.object(
    {
        "processed": Shape.integer("How many values Zabbix took"),
        "failed": Shape.integer("How many it did not take"),
        "refused": Shape.array(
            Shape.object({"host": Shape.string("Host"), "key": Shape.string("Item key")}), "Those"
        ),
    },
    "What Zabbix answered",
)


@node
class Zabbix(Node):
    """Hands values over, one after the other, so that it knows which were taken."""

    meta = NodeMeta(
        type="zabbix",
        kind=Kind.ACTION,
        label="Zabbix",
        summary="Send values, discovery lists or the state of jobs to Zabbix.",
        icon="chart-line",
        unset="No Zabbix server chosen",
        durable=True,
    )
    Config = ZabbixConfig

    def summary(self, config: ZabbixConfig) -> str:
        if not config.host:
            return ""
        more = f" and {len(config.values) - 1} more" if len(config.values) > 1 else ""
        whats = {
            VALUES: f"{plain(config.values[0].key)}{more}" if config.values else "nothing",
            DISCOVERY: plain(config.key),
            OUTPUT: "job output",
            LIFE_CYCLE: "job state",
        }
        return joined(whats[config.source], "→", config.host)

    def check(self, config: ZabbixConfig, upstream: Shape) -> list[tuple[str, str, str]]:
        """A node that would send nothing."""
        if config.source == VALUES and not config.values:
            return [("values", "There is no value to send.", "Add one.")]
        if config.source == DISCOVERY and config.rows in (None, ""):
            return [("rows", "There are no rows to send.", "Write a list, or a field that holds one.")]
        return []

    def fields(self, config: ZabbixConfig, upstream: Shape) -> Mapping[str, Shape]:
        return {"out": upstream.with_field(config.as_field, ANSWER)}

    async def run(self, ctx: NodeContext, config: ZabbixConfig, record: Record) -> Emit:
        """Send all, count what was taken, and put the answer into the record.

        Raises:
            NodeError: `values_refused`, those of `actions.services.zabbix`, and those of its items.
        """
        items = _items(config, record)
        server = ctx.opened(config.credential, ZabbixFields)
        seconds = duration_seconds(config.timeout)
        refused = [item for item in items if not await is_taken(ctx, server, item, seconds)]
        ctx.log.info(f"Zabbix took {len(items) - len(refused)} of {len(items)} values.")
        if refused and config.on_refused == "error":
            raise _refused(refused, len(items))
        return Emit("out", with_value(record, config.as_field, _answer(len(items), refused)))

    def preview(self, config: ZabbixConfig, record: Record) -> JsonObject:
        return {"server": config.credential, "values": [item.as_json() for item in _items(config, record)]}

    def dry_run_result(self, config: ZabbixConfig, record: Record) -> Emit:
        """As if all had been taken."""
        return Emit("out", with_value(record, config.as_field, _answer(len(_items(config, record)), [])))


def _answer(sent: int, refused: list[Item]) -> JsonObject:
    return {
        "processed": sent - len(refused),
        "failed": len(refused),
        "refused": [{"host": item.host, "key": item.key} for item in refused],
    }


def _refused(refused: list[Item], sent: int) -> NodeError:
    which = ", ".join(f"{item.key[:80]} on {item.host[:80]}" for item in refused[:5])
    return NodeError(
        "values_refused",
        f"Zabbix did not take {len(refused)} of {sent} values: {which}{', …' if len(refused) > 5 else ''}.",
        hint="Each needs an item of the type “Zabbix trapper” with exactly this key, on an enabled host with exactly "
        "this name, whose type of information fits, and that allows this machine and this encryption.",
    )


def _items(config: ZabbixConfig, record: Record) -> list[Item]:
    if config.source == LIFE_CYCLE:
        return zabbix_items.life_cycle(config.host, record)
    if config.source == VALUES:
        return [_item(value, config.host, f"values.{number}") for number, value in enumerate(config.values)]
    key = zabbix_items.filled_key(config.key, record)
    if config.source == DISCOVERY:
        return [_checked(Item(config.host, key, zabbix_items.discovery(config.rows, "rows")), "key")]
    form = KEY_FORMS[config.key_form]
    output = zabbix_items.value_of(_output(config, record), "text", "metrics")
    return [_checked(Item(config.host, form.replace("{key}", key), output), "key")]


def _output(config: ZabbixConfig, record: Record) -> Json:
    """The content of the result file, else the standard output; the end of it, as much as Zabbix keeps."""
    found = value_at(record, config.metrics)
    output = found if isinstance(found, str | dict | list) and found else record.get("stdout")
    return output[-MAX_TEXT:] if isinstance(output, str) else output


def _item(value: ZabbixValue, host: str, field: str) -> Item:
    sent = zabbix_items.value_of(value.value, value.type, f"{field}.value")
    clock = zabbix_items.clock_of(value.timestamp, f"{field}.timestamp")
    return _checked(Item(value.host or host, value.key, sent, clock), f"{field}.key")


def _checked(item: Item, field: str) -> Item:
    """The item, if its names can be some.

    Raises:
        NodeError: `missing_value`, `value_too_long`.
    """
    if not item.key.strip() or not item.host.strip():
        raise NodeError(
            "missing_value",
            "A host or an item key came out empty.",
            hint="Check the fields that the templates name.",
            field=field,
        )
    if len(item.key) > MAX_KEY:
        raise NodeError(
            "value_too_long",
            f"An item key has at most {MAX_KEY:,} characters.",
            hint="Shorten it.",
            field=field,
        )
    return item
