"""Chain: run another job now, with the environment of the one that ended."""

from collections.abc import Mapping
from typing import ClassVar

from common.ids import uuid_from
from flows.sdk import (
    Emit,
    FieldPath,
    JsonObject,
    Kind,
    Node,
    NodeConfig,
    NodeContext,
    NodeError,
    NodeMeta,
    Record,
    Shape,
    TemplateText,
    node,
    ui,
    with_value,
)
from flows.sdk.summaries import plain
from jobs.models import Job, JobRun
from jobs.node_support import acting, job_called, told_as_node_error
from jobs.services.launching import Launch, asked, launch
from jobs.services.reach import job_runs_in_reach


class ChainConfig(NodeConfig):
    """Which job follows which run."""

    aliases: ClassVar[Mapping[str, str | None]] = {"rtid": "job"}

    job: TemplateText = ui(label="Job", help="The name or the id of the job that runs next.", min_length=1)
    after: TemplateText = ui(
        "{{ job_id }}",
        label="After the job run",
        help="Whose environment it gets. The events of jobs have its id in job_id.",
    )
    as_field: FieldPath | None = ui(None, label="As field", help="Where the new job run is saved. Optional.")


@node
class Chain(Node):
    """Launches once, however often the step is repeated."""

    meta = NodeMeta(
        type="chain",
        kind=Kind.ACTION,
        label="Chain job",
        summary="Run another job now with the environment of this one.",
        icon="link",
        unset="No job chosen",
        durable=True,
        blocking=True,
    )
    Config = ChainConfig

    def summary(self, config: ChainConfig) -> str:
        return plain(config.job or "")

    def fields(self, config: ChainConfig, upstream: Shape) -> Mapping[str, Shape]:
        """The record, with the job run when a field for it is named."""
        if not config.as_field:
            return {"out": upstream}
        shape = Shape.object(
            {"id": Shape.string("Id of the job run"), "job": Shape.string("Name of the job")}
        )
        return {"out": upstream.with_field(config.as_field, shape)}

    def run(self, ctx: NodeContext, config: ChainConfig, record: Record) -> Emit:
        """Launch it.

        Raises:
            NodeError: `unknown_job`, `several_jobs`, `unknown_job_run`, `switched_off`.
        """
        job = job_called(ctx, config.job, "job")
        before = _run_of(ctx, config.after)
        environment, left_out = _environment(before, job)
        if left_out:
            ctx.log.warning(f"{job.name!r} does not take {', '.join(left_out)}; the rest goes along.")
        how = Launch(
            key=ctx.idempotency_key,
            schedule_type="chained",
            reason=f"After {before.job.name}",
            overrides={"environment": environment},
        )
        with told_as_node_error("job"):
            made = launch(actor=acting(ctx), job=job, how=how)
        ctx.log.info(f"Launched {job.name!r} (job run {made.id}).")
        if not config.as_field:
            return Emit("out", record)
        return Emit("out", with_value(record, config.as_field, {"id": str(made.id), "job": job.name}))

    def preview(self, config: ChainConfig, record: Record) -> JsonObject:
        return {"launches": config.job, "after": config.after}


def _run_of(ctx: NodeContext, text: str) -> JobRun:
    job_run_id = uuid_from(text.strip())
    found = job_runs_in_reach(acting(ctx)).filter(id=job_run_id).first() if job_run_id else None
    if found is None:
        raise NodeError(
            "unknown_job_run",
            f"There is no job run {text[:80]!r}.",
            hint="Start the flow with an event of a job, or name the run by its id.",
            field="after",
        )
    return found


def _environment(before: JobRun, job: Job) -> tuple[dict[str, str], list[str]]:
    """What goes along, and the names of what the next job does not take."""
    given: dict[str, str] = asked(before.job, before.overrides)["environment"]
    takes = job.command.environment if job.command else []
    return {name: value for name, value in given.items() if name in takes}, sorted(set(given) - set(takes))
