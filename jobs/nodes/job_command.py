"""Job command: run the command of the job run that the flow was started for. Drawn by the program alone."""

from collections.abc import Mapping
from functools import partial

from common.ids import uuid_from
from flows.sdk import (
    Emit,
    Kind,
    Node,
    NodeContext,
    NodeError,
    NodeMeta,
    OnCrash,
    Program,
    Record,
    Shape,
    node,
)
from jobs.models import JobRun
from jobs.services.execution import Request, in_thread, outcome, prepared
from jobs.services.launching import asked, ending_of

A_DAY = 86_400.0


@node
class JobCommand(Node):
    """Runs a job's command. An exit code is an outcome here, never a failure: the job says which ones are."""

    meta = NodeMeta(
        type="job-command",
        kind=Kind.ACTION,
        label="Command of a job",
        summary="Run the command of a job.",
        icon="terminal",
        durable=True,
        on_crash=OnCrash.ASK,
        time_limit=A_DAY,
        is_internal=True,
    )

    def summary(self, config: object) -> str:
        return "The job's command"

    def fields(self, config: object, upstream: Shape) -> Mapping[str, Shape]:
        return {"out": Shape.object({}, is_open=True)}

    async def run(self, ctx: NodeContext, config: object, record: Record) -> Emit:
        """Run it to its end.

        Raises:
            NodeError: `not_a_job_run`, `command_not_allowed`, refusals of values, `not_confined`.
        """
        program, expected = await in_thread(partial(_prepared, ctx, record))
        ending = partial(in_thread, partial(ending_of, ctx.run_id))
        finished = await ctx.programs.run(program, ctx.log.output, ending)
        return Emit("out", outcome(program, finished, expected))


def _prepared(ctx: NodeContext, record: Record) -> tuple[Program, list[int]]:
    job_run = _job_run(ctx, record)
    job = job_run.job
    if job.command is None:
        raise NodeError("not_a_job_run", "The job runs no command any more.")
    request = Request(
        name=job.command.name,
        **asked(job, job_run.overrides),
        timeout_seconds=job.timeout_seconds,
        variables={
            "HOOKFLOW_JOB_ID": str(job_run.id),
            "HOOKFLOW_RUN_ID": ctx.run_id,
            "HOOKFLOW_RUNTEMPLATE_ID": str(job.id),
            "HOOKFLOW_RUNTEMPLATE_NAME": job.name,
        },
    )
    return prepared(ctx, job.tenant_id, request), job.expected_exit_codes


def _job_run(ctx: NodeContext, record: Record) -> JobRun:
    """The one that this very run was started for: a run that someone else drew gets none."""
    wanted, run_id = uuid_from(str(record.get("job_run", ""))), uuid_from(ctx.run_id)
    rows = JobRun.objects.select_related("job__command", "job__tenant")
    found = rows.filter(id=wanted, run_id=run_id).first() if wanted and run_id else None
    if found is None:
        raise NodeError("not_a_job_run", "This run was not started for a job.", hint="Launch the job itself.")
    return found
