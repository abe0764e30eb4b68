"""Launch job: start jobs, flows or approved commands, and wait for them if wanted."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar, Literal

from asgiref.sync import sync_to_async
from pydantic import BeforeValidator, Field, field_validator

from flows.sdk import (
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
    Port,
    Record,
    Result,
    Shape,
    Suspend,
    TemplateJson,
    TemplateText,
    Wake,
    node,
    ui,
    with_value,
)
from flows.sdk.config import duration_seconds
from flows.sdk.patterns import compile_pattern, found
from flows.sdk.summaries import joined
from jobs.node_support import acting, job_called, told_as_node_error
from jobs.services.launched import (
    Launched,
    Outcome,
    flow_called,
    job_of_command,
    outcome,
    start_flow_once,
    stop_all,
)
from jobs.services.launching import Launch, launch

FIRST_LOOK_SECONDS = 2.0
MOST_LOOK_SECONDS = 30.0
MOST_TARGETS = 20
SUCCEEDED = "succeeded"
LAUNCHED = Shape.object(
    {
        "id": Shape.string("Id of the job run, or of the run"),
        "name": Shape.string("Name of the job, flow or command"),
        "state": Shape.string("Where it stands: waiting, running, succeeded, failed, cancelled"),
        "ok": Shape.boolean("Whether it met what success means here"),
        "exit_code": Shape.integer("How the command ended"),
        "stdout": Shape.string("What it wrote, the first 16 KiB"),
        "stderr": Shape.string("What it wrote as errors, likewise"),
    }
)


def _as_list(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return value
    return [str(value)] if str(value) else []


class LaunchJobConfig(NodeConfig):
    """What is launched, with what, and what counts as success."""

    aliases: ClassVar[Mapping[str, str | None]] = {"jobid": "targets"}

    kind: Literal["job", "flow", "command"] = ui(
        "job",
        label="Launch",
        choices={"job": "A job", "flow": "A flow", "command": "An approved command"},
    )
    targets: Annotated[
        list[TemplateText], Field(min_length=1, max_length=MOST_TARGETS), BeforeValidator(_as_list)
    ] = ui(
        label="Which",
        help="Names or ids; several start at once.",
        widget="tags",
        placeholder="Nightly backup",
    )
    parameters: TemplateJson = ui(
        None,
        label="Parameters",
        help="Values by argument of the command, laid over those of the job; or the payload of the flow.",
        widget="json",
        placeholder='{"host": "{{ hostname }}"}',
    )
    working_directory: TemplateText = ui(
        "",
        label="Working directory",
        help="Of a command: below its own folder, or one that it may use.",
        depends_on={"kind": ["job", "command"]},
    )
    environment: Annotated[dict[str, TemplateText], Field(max_length=64)] = ui(
        {},
        label="Environment",
        help="Variables that the command allows, laid over those of the job.",
        widget="key-value",
        depends_on={"kind": ["job", "command"]},
    )
    wait: bool = ui(True, label="Wait until all have ended", help="No worker is held meanwhile.")
    timeout: FlowDuration = ui(
        "1h", label="Wait at most", help="Then the step fails.", depends_on={"wait": [True]}
    )
    stop_late: bool = ui(True, label="Stop what has not ended by then", depends_on={"wait": [True]})
    exit_codes: Annotated[list[Annotated[int, Field(ge=0, le=255)]], Field(max_length=100)] = ui(
        [],
        label="Exit codes that mean success",
        help="Empty: as the job itself says.",
        group="What counts as success",
        depends_on={"wait": [True], "kind": ["job", "command"]},
    )
    output_matches: str = ui(
        "",
        label="Output matches",
        help="A pattern that must be found in what was written. Empty: anything.",
        group="What counts as success",
        max_length=1000,
        depends_on={"wait": [True], "kind": ["job", "command"]},
    )
    as_field: FieldPath = ui(
        "launched", label="As field", help="The list of what was launched, and how it ended."
    )

    @field_validator("output_matches")
    @classmethod
    def _is_pattern(cls, text: str) -> str:
        if text:
            try:
                compile_pattern(text)
            except NodeError as error:
                raise ValueError(error.message) from error
        return text


@node
class LaunchJob(Node):
    """Launches, once however often the step is repeated; a wait is a row, not a worker."""

    meta = NodeMeta(
        type="launch-job",
        kind=Kind.ACTION,
        label="Launch job",
        summary="Start jobs, flows or approved commands, and wait for them.",
        icon="rocket",
        unset="Nothing chosen",
        ports=(Port("out", "Succeeded"), Port("failed", "Failed")),
        durable=True,
        blocking=True,
        stops=True,
    )
    Config = LaunchJobConfig

    def summary(self, config: LaunchJobConfig) -> str:
        return joined(config.kind, config.targets) if config.targets else ""

    def fields(self, config: LaunchJobConfig, upstream: Shape) -> Mapping[str, Shape]:
        """The record with the list of what was launched."""
        shape = upstream.with_field(config.as_field, Shape.array(LAUNCHED, "What was launched"))
        return {"out": shape, "failed": shape}

    def run(self, ctx: NodeContext, config: LaunchJobConfig, record: Record) -> Result:
        """Launch all; go on at once, or wait.

        Raises:
            NodeError: `unknown_job`, `several_jobs`, `switched_off`, and what the job or command refuses.
        """
        launched = [_launch(ctx, config, called, place) for place, called in enumerate(config.targets)]
        for one in launched:
            ctx.log.info(f"Launched {one.called!r} ({one.kind} run {one.id}).")
        if not config.wait:
            return Emit(
                "out",
                with_value(record, config.as_field, [_told(one, outcome(one), ok=True) for one in launched]),
            )
        until = ctx.clock.now() + timedelta(seconds=duration_seconds(config.timeout))
        detail: JsonObject = {"launched": [_kept(one) for one in launched], "until": until.isoformat()}
        return _look_again(ctx.clock.now(), FIRST_LOOK_SECONDS, until, detail)

    def resume(self, ctx: NodeContext, config: LaunchJobConfig, record: Record, wake: Wake) -> Result:
        """Look how they stand.

        Raises:
            NodeError: `launched_too_long`.
        """
        launched = _of(wake.detail)
        outcomes = [outcome(one) for one in launched]
        now, until = ctx.clock.now(), datetime.fromisoformat(str(wake.detail["until"]))
        if not all(one.is_over for one in outcomes):
            if now >= until:
                self._give_up(ctx, config, launched)
            seconds = min(MOST_LOOK_SECONDS, max(FIRST_LOOK_SECONDS, (now - wake.since).total_seconds() / 4))
            return _look_again(now, seconds, until, dict(wake.detail))
        told = [_told(one, how, ok=_is_ok(config, how)) for one, how in zip(launched, outcomes, strict=True)]
        for entry in told:
            ctx.log.info(f"{entry['name']!r} {entry['state']}.")
        port = "out" if all(entry["ok"] for entry in told) else "failed"
        return Emit(port, with_value(record, config.as_field, told))

    def _give_up(self, ctx: NodeContext, config: LaunchJobConfig, launched: list[Launched]) -> None:
        if config.stop_late:
            stop_all(acting(ctx), launched)
        raise NodeError(
            "launched_too_long",
            f"What was launched has not ended within {config.timeout}.",
            hint="Wait longer, or look at the runs; the log of this step names them.",
            field="timeout",
        )

    async def stop(
        self, ctx: NodeContext, config: LaunchJobConfig, record: Record, detail: Mapping[str, Json]
    ) -> None:
        """Stop what was launched and has not ended."""
        left = await sync_to_async(stop_all)(acting(ctx), _of(detail))
        if left:
            raise NodeError("not_stopped", f"These go on: {', '.join(left)}.")

    def preview(self, config: LaunchJobConfig, record: Record) -> JsonObject:
        return {"launches": list(config.targets), "kind": config.kind, "parameters": config.parameters}

    def dry_run_result(self, config: LaunchJobConfig, record: Record) -> Emit:
        """Goes on as if all had ended well."""
        well = Outcome(SUCCEEDED, exit_code=0)
        told = [_told(Launched("job", "", called), well, ok=True) for called in config.targets]
        return Emit("out", with_value(record, config.as_field, told))


def _launch(ctx: NodeContext, config: LaunchJobConfig, called: str, place: int) -> Launched:
    key = f"{ctx.idempotency_key}:{place}"
    parameters = config.parameters or {}
    if not isinstance(parameters, dict):
        raise NodeError("bad_parameters", "The parameters are an object.", field="parameters")
    field = f"targets.{place}"
    if config.kind == "flow":
        with told_as_node_error(field):
            return start_flow_once(flow_called(acting(ctx), called.strip()), parameters, key)
    if config.kind == "command":
        with told_as_node_error(field):
            job = job_of_command(acting(ctx), called.strip())
    else:
        job = job_called(ctx, called, field)
    overrides: dict[str, Any] = {
        "parameters": parameters,
        "environment": config.environment,
        "working_directory": config.working_directory,
    }
    how = Launch(key=key, schedule_type="chained", reason="Launched by a flow", overrides=overrides)
    with told_as_node_error():
        made = launch(actor=acting(ctx), job=job, how=how)
    return Launched("job", str(made.id), job.name)


def _look_again(now: datetime, seconds: float, until: datetime, detail: JsonObject) -> Suspend:
    at = min(now + timedelta(seconds=seconds), max(until, now + timedelta(seconds=1)))
    return Suspend("launched", at, on_time=None, detail=detail)


def _kept(launched: Launched) -> JsonObject:
    return {"kind": launched.kind, "id": launched.id, "called": launched.called}


def _of(detail: Mapping[str, Json]) -> list[Launched]:
    return [Launched(**entry) for entry in detail["launched"]]


def _is_ok(config: LaunchJobConfig, how: Outcome) -> bool:
    if config.kind != "flow" and config.exit_codes:
        if how.exit_code not in config.exit_codes:
            return False
    elif how.state != SUCCEEDED:
        return False
    return not config.output_matches or found(config.output_matches, how.stdout + how.stderr)


def _told(launched: Launched, how: Outcome, *, ok: bool) -> JsonObject:
    return {
        "id": launched.id,
        "name": launched.called,
        "state": how.state,
        "ok": ok,
        "exit_code": how.exit_code,
        "stdout": how.stdout,
        "stderr": how.stderr,
    }
