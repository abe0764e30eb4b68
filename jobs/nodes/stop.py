"""Stop: end a job run, a run of a flow, a process that a job started, or a service; or switch a schedule off."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Literal

from common.ids import uuid_from
from flows.sdk import (
    Choice,
    Emit,
    FlowDuration,
    JsonObject,
    Kind,
    Node,
    NodeConfig,
    NodeContext,
    NodeError,
    NodeMeta,
    Record,
    Result,
    Review,
    Suspend,
    TemplateText,
    Wake,
    node,
    ui,
)
from flows.sdk.config import duration_seconds
from flows.sdk.summaries import joined, label_of
from flows.services.reach import runs_in_reach
from jobs.models import Job, JobRun
from jobs.node_support import acting, job_called, told_as_node_error
from jobs.service_stopping import go_on, stop_service
from jobs.services.execution import in_thread
from jobs.services.jobs import change_job
from jobs.services.launched import Launched, outcome, stop_one
from jobs.services.reach import job_runs_in_reach, usable_services

LOOK_SECONDS = 1.0
FORCED_LATER = "graceful_then_forced"
SERVICE_SECONDS = 86_400.0
"""Of one turn: each of the commands that stop a service has a limit of its own."""


class StopConfig(NodeConfig):
    """What is stopped, and how long that may take."""

    target: Literal["schedule", "job_run", "flow_run", "process", "service"] = ui(
        "schedule",
        label="Stop",
        choices={
            "schedule": "The schedule of a job",
            "job_run": "A job run",
            "flow_run": "A run of a flow",
            "process": "A process that a job started",
            "service": "A service",
        },
    )
    job: TemplateText = ui(
        "{{ runtemplate_id }}",
        label="Job",
        help="Its name or id. The events of jobs have the id in runtemplate_id.",
        depends_on={"target": ["schedule"]},
    )
    identifier: TemplateText = ui(
        "",
        label="Which",
        help="The id of the run; or the number of the process, which must be one of a job run that is at work.",
        placeholder="{{ job_id }}",
        depends_on={"target": ["job_run", "flow_run", "process"]},
    )
    service: str = ui(
        "",
        label="Service",
        help="One that the platform's admin approved for the owner of this flow.",
        choices_from=(),
        max_length=100,
        depends_on={"target": ["service"]},
    )
    how: Literal["graceful_then_forced", "graceful", "forced"] = ui(
        "graceful_then_forced",
        label="How",
        choices={
            "graceful_then_forced": "Gracefully, then by force",
            "graceful": "Gracefully only",
            "forced": "By force at once",
        },
        help="Gracefully, a command is asked to end (SIGTERM). A job run that runs a flow is cancelled, however.",
        depends_on={"target": ["service", "job_run", "process"]},
    )
    force_after: FlowDuration = ui(
        "10s",
        label="By force after",
        help="How long it may take to end by itself.",
        depends_on={"how": [FORCED_LATER], "target": ["service", "job_run", "process"]},
    )
    timeout: FlowDuration = ui(
        "60s",
        label="Wait at most",
        help="The time after it was last told to end. The step fails if it goes on.",
        depends_on={"target": ["job_run", "flow_run", "process", "service"]},
    )
    confirm: bool = ui(
        False,
        label="A person has to confirm",
        help="It waits in the review queue: nothing is stopped before somebody continues it.",
    )


@node
class Stop(Node):
    """What is over already counts as stopped, so that repeating does no harm."""

    meta = NodeMeta(
        type="stop",
        kind=Kind.ACTION,
        label="Stop",
        summary="End a job run, a run, a process or a service, or switch a schedule off.",
        icon="player-stop",
        unset="Nothing chosen",
        durable=True,
        time_limit=SERVICE_SECONDS,
    )
    Config = StopConfig

    def summary(self, config: StopConfig) -> str:
        return joined(label_of(config, "target"), _which(config))

    async def choices(self, name: str, ctx: NodeContext, config: JsonObject, search: str) -> Sequence[Choice]:
        """The services that flows of the owner may stop."""
        return await in_thread(partial(_services, ctx.owner_id, search))

    async def run(self, ctx: NodeContext, config: StopConfig, record: Record) -> Result:
        """Stop it, once a person has confirmed that where it is asked for, and wait until it has ended.

        Raises:
            NodeError: `unknown_job`, `unknown_run`, `not_ours`, and those of `stop_service`.
        """
        if config.confirm:
            return Suspend("review", on_time=None, review=_asked(config))
        return await self._begin(ctx, config, record)

    async def _begin(self, ctx: NodeContext, config: StopConfig, record: Record) -> Result:
        if config.target == "service":
            return await stop_service(ctx, config, record)
        return await in_thread(partial(self._stop, ctx, config, record))

    def _stop(self, ctx: NodeContext, config: StopConfig, record: Record) -> Result:
        if config.target == "schedule":
            return self._switch_off(ctx, config, record)
        launched = _target(ctx, config)
        way = config.how if launched.kind == "job" else ""
        patience = timedelta(seconds=duration_seconds(config.force_after)) if way == FORCED_LATER else None
        with told_as_node_error("identifier"):
            was_open = stop_one(acting(ctx), launched, how=way, force_after=patience)
        ctx.log.info(f"{'Stopping' if was_open else 'Over already:'} {launched.called!r} ({launched.id}).")
        wait = timedelta(seconds=duration_seconds(config.timeout))
        until = ctx.clock.now() + (patience or timedelta()) + wait
        detail: JsonObject = {"kind": launched.kind, "id": launched.id, "called": launched.called}
        return _settled(ctx, config, record, launched, {**detail, "until": until.isoformat()})

    async def resume(self, ctx: NodeContext, config: StopConfig, record: Record, wake: Wake) -> Result:
        """Begin, when a person has confirmed it; else look whether it has ended.

        Raises:
            NodeError: `goes_on`, `not_confirmed`, and those of `run`.
        """
        if wake.port is not None:
            if wake.port != "continued":
                raise _not_confirmed(wake)
            return await self._begin(ctx, config, record)
        if config.target == "service":
            return await go_on(ctx, config, record, wake)
        detail = dict(wake.detail)
        launched = Launched(detail["kind"], detail["id"], detail["called"])
        return await in_thread(partial(_settled, ctx, config, record, launched, detail))

    def _switch_off(self, ctx: NodeContext, config: StopConfig, record: Record) -> Emit:
        job = job_called(ctx, config.job, "job")
        if job.interval != Job.Interval.NEVER:
            with told_as_node_error("job"):
                change_job(actor=acting(ctx), job=job, interval=Job.Interval.NEVER.value)
        ctx.log.info(f"{job.name!r} runs no more by itself.")
        return Emit("out", record)

    def preview(self, config: StopConfig, record: Record) -> JsonObject:
        told: JsonObject = {"stops": config.target, "which": _which(config)}
        if config.confirm:
            told["asks"] = _asked(config).title
        return told if config.target in ("schedule", "flow_run") else {**told, "how": config.how}


def _asked(config: StopConfig) -> Review:
    what = label_of(config, "target")
    return Review(
        f"Stop {_which(config)}?",
        f"{what}: {_which(config)}. Nothing is stopped until somebody continues this.",
    )


def _not_confirmed(wake: Wake) -> NodeError:
    said = wake.data if isinstance(wake.data, dict) else {}
    return NodeError(
        "not_confirmed",
        f"{said.get('by') or 'Somebody'} did not confirm it, so nothing was stopped.",
        hint=str(said.get("message") or ""),
        field="confirm",
    )


def _which(config: StopConfig) -> str:
    if config.target == "schedule":
        return config.job
    return config.service if config.target == "service" else config.identifier


def _services(owner_id: int | None, search: str) -> list[Choice]:
    rows = usable_services(owner_id).filter(name__icontains=search).order_by("name")[:200]
    return [Choice(row.name, row.name, row.description) for row in rows]


def _settled(
    ctx: NodeContext, config: StopConfig, record: Record, launched: Launched, detail: Mapping[str, object]
) -> Result:
    if outcome(launched).is_over:
        ctx.log.info(f"{launched.called!r} has ended.")
        return Emit("out", record)
    now, until = ctx.clock.now(), datetime.fromisoformat(str(detail["until"]))
    if now >= until:
        raise NodeError(
            "goes_on",
            f"{launched.called!r} has not ended within {config.timeout}.",
            hint="Look at its page: its worker may be away.",
            field="timeout",
        )
    return Suspend("stopping", now + timedelta(seconds=LOOK_SECONDS), on_time=None, detail=dict(detail))


def _target(ctx: NodeContext, config: StopConfig) -> Launched:
    text = config.identifier.strip()
    if config.target == "process":
        return _of_job_run(_process(ctx, text))
    if config.target == "job_run":
        found = uuid_from(text)
        row = job_runs_in_reach(acting(ctx)).filter(id=found).first() if found else None
        if row is None:
            raise _unknown("job run", text)
        return _of_job_run(row)
    found = uuid_from(text)
    run = runs_in_reach(acting(ctx)).select_related("flow").filter(id=found).first() if found else None
    if run is None:
        raise _unknown("run", text)
    if str(run.id) == ctx.run_id:
        raise NodeError("own_run", "A run cannot stop itself and wait for that.", field="identifier")
    return Launched("flow", str(run.id), run.flow.name)


def _of_job_run(row: JobRun) -> Launched:
    return Launched("job", str(row.id), row.job.name)


def _process(ctx: NodeContext, text: str) -> JobRun:
    """The job run whose command has this process: others are nobody's business here."""
    rows = job_runs_in_reach(acting(ctx)).exclude(state__in=JobRun.FINAL)
    found = (
        rows.filter(pid=int(text)).first() if text.isascii() and text.isdigit() and len(text) < 10 else None
    )
    if found is None:
        raise NodeError(
            "not_ours",
            f"No job run at work has the process {text[:20]!r}.",
            hint="Only processes that the jobs of this flow's owner started can be stopped.",
            field="identifier",
        )
    return found


def _unknown(what: str, text: str) -> NodeError:
    return NodeError(
        "unknown_run", f"There is no {what} {text[:80]!r}.", hint="Name it by its id.", field="identifier"
    )
