"""Call function: a function of an installed plugin, or of a module that the platform's admin allows."""

from collections.abc import Mapping, Sequence
from functools import partial

from common.problems import Problem
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
    node,
    ui,
    with_value,
)
from flows.sdk.config import duration_seconds
from flows.sdk.life_cycle import original_context
from flows.sdk.summaries import joined
from hooks.services.builtins import carry_out_builtin
from hooks.services.calls.calling import Call, CallFailed, carry_out
from hooks.services.choosing import implementations
from hooks.services.resolving import MOST_LENGTH, Resolved, may_call, refusal, resolve
from jobs.services.execution import in_thread

A_DAY = 86_400.0


class CallFunctionConfig(NodeConfig):
    """Which function, with what."""

    implementation: str = ui(
        label="Function",
        help="package.module.function of an installed plugin, or module.function that the platform's admin allows.",
        placeholder="cloudify-fabric-plugin.fabric_plugin.tasks.run_task",
        choices_from=(),
        min_length=1,
        max_length=MOST_LENGTH,
    )
    inputs: TemplateJson = ui(
        None,
        label="Inputs",
        help="Its keyword arguments. The first argument is always the context of the event.",
        widget="json",
        placeholder='{"task_name": "{{ workflow_id }}"}',
    )
    time_limit: FlowDuration = ui("60s", label="Time limit", help="The function is ended then.")
    as_field: FieldPath = ui(
        "result", label="As field", help="The field in which what it returns is put.", placeholder="result"
    )


@node
class CallFunction(Node):
    """Calls it as the original does: `function(event context, **inputs)`."""

    meta = NodeMeta(
        type="call-function",
        kind=Kind.ACTION,
        label="Call function",
        summary="Call a function of an installed plugin, with the context of the event.",
        icon="function",
        unset="No function",
        durable=True,
        on_crash=OnCrash.ASK,
        time_limit=A_DAY,
    )
    Config = CallFunctionConfig

    def summary(self, config: CallFunctionConfig) -> str:
        return joined(config.implementation)

    def fields(self, config: CallFunctionConfig, upstream: Shape) -> Mapping[str, Shape]:
        """The record with what the function returned, which may be anything."""
        return {"out": upstream.with_field(config.as_field, Shape.anything("What the function returned"))}

    def warnings(self, config: CallFunctionConfig, owner_id: int | None) -> list[tuple[str, str, str]]:
        """A function that is not there, or not for the flow's owner, as things are."""
        found = _allowed(config.implementation, owner_id)
        return [] if isinstance(found, Resolved) else [("implementation", found.message, found.hint)]

    async def choices(self, name: str, ctx: NodeContext, config: JsonObject, search: str) -> Sequence[Choice]:
        """What is built in, and the functions of installed plugins."""
        return await in_thread(partial(implementations, ctx.owner_id, search))

    async def run(self, ctx: NodeContext, config: CallFunctionConfig, record: Record) -> Emit:
        """Call it.

        Raises:
            NodeError: `bad_implementation`, `function_not_found`, `function_not_allowed`, `bad_inputs`, and how the
                call failed.
        """
        context = original_context(record)
        event = context.get("event_type")
        _say_that_it_begins(ctx, event, config.implementation)
        try:
            result = await _called(ctx, config, context)
        except NodeError as error:
            _say_that_it_failed(ctx, event, config.implementation, error)
            raise
        return Emit("out", with_value(record, config.as_field, result))

    def preview(self, config: CallFunctionConfig, record: Record) -> Json:
        return {"call": config.implementation, "inputs": config.inputs or {}}

    def dry_run_result(self, config: CallFunctionConfig, record: Record) -> Emit:
        """Goes on as if it had returned nothing."""
        return Emit("out", with_value(record, config.as_field, None))


async def _called(ctx: NodeContext, config: CallFunctionConfig, context: JsonObject) -> Json:
    inputs = {} if config.inputs is None else config.inputs
    if not isinstance(inputs, dict):
        raise NodeError("bad_inputs", "The inputs are an object: a value by argument.", field="inputs")
    resolved = await in_thread(partial(_allowed, config.implementation, ctx.owner_id))
    if isinstance(resolved, Problem):
        raise NodeError.of(resolved, field=resolved.field)
    if resolved.builtin is not None:
        return await carry_out_builtin(resolved.builtin, ctx, context, inputs)
    return await carry_out(ctx, Call(resolved, context, inputs, duration_seconds(config.time_limit)))


def _allowed(implementation: str, owner_id: int | None) -> Resolved | Problem:
    resolved = resolve(implementation)
    if isinstance(resolved, Problem) or may_call(resolved, owner_id):
        return resolved
    return refusal(resolved)


def _say_that_it_begins(ctx: NodeContext, event: Json, implementation: str) -> None:
    """In the words of the original, where it is about an event of its kind."""
    if event is None:
        ctx.log.info(f"Calling {implementation}.")
    else:
        ctx.log.info(
            f"The hook consumer received `{event}` event and the hook implementation is: `{implementation}`"
        )


def _say_that_it_failed(ctx: NodeContext, event: Json, implementation: str, error: NodeError) -> None:
    """Likewise; the exception is the function's own where it raised one."""
    shown = error.shown if isinstance(error, CallFailed) else f"NonRecoverableError({error.message!r})"
    cause = (
        f"running {implementation}" if event is None else f"running the hook triggered by the event: {event}"
    )
    ctx.log.error(f"{shown}, while {cause}")
