"""Custom command: run a command that the platform's admin approved."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated

from pydantic import Field

from flows.sdk import (
    Choice,
    Emit,
    FieldPath,
    FlowDuration,
    Json,
    JsonObject,
    Kind,
    Node,
    NodeConfig,
    NodeContext,
    NodeError,
    NodeMeta,
    OnCrash,
    Record,
    Shape,
    TemplateJson,
    TemplateText,
    node,
    ui,
    with_value,
)
from flows.sdk.config import duration_seconds
from flows.sdk.summaries import joined
from jobs.services.execution import Request, in_thread, outcome, prepared
from jobs.services.reach import usable_commands

A_DAY = 86_400.0
OUTCOME = Shape.object(
    {
        "command_line": Shape.string("What was run, without secrets"),
        "exit_code": Shape.integer("How it ended; 128 and the signal's number for what a signal ended"),
        "stdout": Shape.string("What it wrote, the first 256 KiB"),
        "stderr": Shape.string("What it wrote as errors, likewise"),
        "dropped_bytes": Shape.integer("How much output was not kept"),
        "result": Shape.string("What it wrote to the file that RESULT_FILE names"),
        "cpu_seconds": Shape.number("Processor time of all its processes"),
        "peak_memory": Shape.integer("Most memory, in bytes"),
        "pid": Shape.integer("Its process, as the worker's machine counts"),
        "confinement": Shape.string("How it was kept in"),
    },
    "How the command ended",
)


class CustomCommandConfig(NodeConfig):
    """Which command, with what."""

    command: str = ui(
        label="Command",
        help="One that the platform's admin approved.",
        choices_from=(),
        min_length=1,
        max_length=100,
    )
    arguments: TemplateJson = ui(
        None,
        label="Arguments",
        help="A value for each slot of the command. Each is one argument, whatever is in it.",
        widget="json",
        placeholder='{"host": "{{ hostname }}"}',
    )
    working_directory: TemplateText = ui(
        "",
        label="Working directory",
        help="Below the command's own folder, which is new for each run; or one that the command may use.",
        placeholder="reports/today",
    )
    environment: Annotated[dict[str, TemplateText], Field(max_length=64)] = ui(
        {}, label="Environment", help="Variables that the command allows.", widget="key-value"
    )
    input: TemplateText = ui(
        "", label="Input", help="What it reads from its standard input.", widget="textarea"
    )
    timeout: FlowDuration = ui(
        "60s", label="Time limit", help="The command is ended then. Its own limit may be shorter."
    )
    expected_exit_codes: Annotated[list[Annotated[int, Field(ge=0, le=255)]], Field(max_length=100)] = ui(
        [0], label="Expected exit codes", help="Any other fails the step."
    )
    as_field: FieldPath = ui(
        "command",
        label="As field",
        help="The field in which exit code and output are put.",
        placeholder="command",
    )


@node
class CustomCommand(Node):
    meta = NodeMeta(
        type="custom-command",
        kind=Kind.ACTION,
        label="Custom command",
        summary="Run a command that the platform's admin approved.",
        icon="terminal-2",
        unset="No command",
        durable=True,
        on_crash=OnCrash.ASK,
        time_limit=A_DAY,
    )
    Config = CustomCommandConfig

    def summary(self, config: CustomCommandConfig) -> str:
        return joined(config.command)

    def fields(self, config: CustomCommandConfig, upstream: Shape) -> Mapping[str, Shape]:
        """The record with how the command ended; behind `error` too, where it ran."""
        shape = upstream.with_field(config.as_field, OUTCOME)
        return {"out": shape}

    def warnings(self, config: CustomCommandConfig, owner_id: int | None) -> list[tuple[str, str, str]]:
        """A command that the flow's owner may not run as things are."""
        if not config.command or usable_commands(owner_id).filter(name=config.command).exists():
            return []
        hint = "Choose an approved command, or ask the platform's admin to approve it."
        return [("command", f"This flow may not run a command {config.command!r}.", hint)]

    async def choices(self, name: str, ctx: NodeContext, config: JsonObject, search: str) -> Sequence[Choice]:
        """The commands that the flow's owner may use."""
        return await in_thread(partial(_choices, ctx.owner_id, search))

    async def run(self, ctx: NodeContext, config: CustomCommandConfig, record: Record) -> Emit:
        """Run it to its end.

        Raises:
            NodeError: `command_not_allowed`, refusals of values, `not_confined`, `unexpected_exit_code`,
                `command_timed_out`, `command_out_of_memory`.
        """
        program = await in_thread(partial(prepared, ctx, ctx.owner_id, _request(ctx, config)))
        finished = await ctx.programs.run(program, ctx.log.output)
        told = outcome(program, finished, config.expected_exit_codes)
        fault = told.pop("error")
        after = with_value(record, config.as_field, told)
        if fault is not None:
            error = NodeError(**fault)
            error.output = after
            raise error
        return Emit("out", after)

    def preview(self, config: CustomCommandConfig, record: Record) -> Json:
        return {"run": config.model_dump(exclude={"as_field"})}

    def dry_run_result(self, config: CustomCommandConfig, record: Record) -> Emit:
        """Goes on as if it had ended well and written nothing."""
        ended = {"command_line": config.command, "exit_code": 0, "stdout": "", "stderr": "", "result": ""}
        return Emit("out", with_value(record, config.as_field, ended))


def _choices(owner_id: int | None, search: str) -> list[Choice]:
    rows = usable_commands(owner_id).filter(name__icontains=search).order_by("name")[:200]
    return [Choice(row.name, row.name, ", ".join(slot["name"] for slot in row.slots)) for row in rows]


def _request(ctx: NodeContext, config: CustomCommandConfig) -> Request:
    arguments = config.arguments or {}
    if not isinstance(arguments, dict):
        raise NodeError("bad_arguments", "The arguments are an object: a value by slot.", field="arguments")
    return Request(
        name=config.command,
        parameters=arguments,
        environment=config.environment,
        working_directory=config.working_directory,
        input=config.input,
        timeout_seconds=duration_seconds(config.timeout),
        variables={"HOOKFLOW_RUN_ID": ctx.run_id},
    )
