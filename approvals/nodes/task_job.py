"""Task job: do one job of the task that the run was started for. Drawn by the program alone."""

from datetime import datetime

from approvals.models import Task, TaskJob
from approvals.services import job_work, making
from approvals.services.acting import NoTask
from flows.sdk import (
    Emit,
    Kind,
    Node,
    NodeConfig,
    NodeContext,
    NodeMeta,
    Record,
    Result,
    Suspend,
    Wake,
    node,
    ui,
)
from inventory.node_support import told_as_node_error
from inventory.services.effects import once, result_of
from inventory.services.machine_of import check_ended, machine_of, task_ended, waiting
from inventory.services.machines import Machine


class TaskJobConfig(NodeConfig):
    """Which one."""

    position: int = ui(1, label="Position", ge=1, le=9)


@node
class TaskJobNode(Node):
    """Does the job, once however often the step is repeated."""

    meta = NodeMeta(
        type="task-job",
        kind=Kind.ACTION,
        label="Job of a task",
        summary="Do one job of an operation on a server.",
        icon="server-cog",
        durable=True,
        blocking=True,
        outside=True,
        is_internal=True,
    )
    Config = TaskJobConfig

    def summary(self, config: TaskJobConfig) -> str:
        return f"Job {config.position}"

    def run(self, ctx: NodeContext, config: TaskJobConfig, record: Record) -> Result:
        """Do it; where the machine is in reach, there first.

        Raises:
            NodeError: `not_a_task`, `too_small`, `quota_exceeded`, `reservation_lost`, and those of the machine.
        """
        with told_as_node_error():
            return _worked(ctx, config, record)

    def resume(self, ctx: NodeContext, config: TaskJobConfig, record: Record, wake: Wake) -> Result:
        """Look whether Proxmox is done.

        Raises:
            NodeError: `task_failed`, `task_too_slow`, and those of `run`.
        """
        with told_as_node_error():
            if "upid" not in wake.detail:
                return _worked(ctx, config, record, wake.since)
            task = job_work.task_of_run(record, ctx.run_id)
            job = job_work.job_begins(task, config.position)
            api = making.api_for(ctx, task)
            if job is None or api is None:
                raise NoTask
            ended = task_ended(api, wake, ctx.clock.now())
            if isinstance(ended, Suspend):
                return ended
            check_ended(ended)
            if wake.detail.get("again"):
                return _worked(ctx, config, record, wake.since)
            return _done(ctx, task, job, _machine(ctx, task, job), record)


def _worked(ctx: NodeContext, config: TaskJobConfig, record: Record, since: datetime | None = None) -> Result:
    """As far as it goes without waiting. `since`: when it waited for the first time."""
    task = job_work.task_of_run(record, ctx.run_id)
    job = job_work.job_begins(task, config.position)
    if job is None:
        return Emit("out", record)
    is_done = result_of(ctx.idempotency_key) is not None
    if job.type == TaskJob.Type.CONFIGURE and not is_done:
        wait = making.make(ctx, task, since)
        if wait is not None:
            return wait
    machine = _machine(ctx, task, job)
    if machine is not None and not is_done:
        upid = job_work.on_machine(task, job, machine)
        if upid is not None:
            return waiting(machine, upid, ctx.clock.now())
    return _done(ctx, task, job, machine, record)


def _machine(ctx: NodeContext, task: Task, job: TaskJob) -> Machine | None:
    """The machine of jobs that need one: before a deploy is scheduled there may be none."""
    if task.server is None or job.type == TaskJob.Type.SCHEDULE:
        return None
    return machine_of(ctx, task.server)


def _done(ctx: NodeContext, task: Task, job: TaskJob, machine: Machine | None, record: Record) -> Emit:
    needs_status = machine is not None and job.type in (TaskJob.Type.POWER_ON, TaskJob.Type.POWER_OFF)
    status = machine.status() if machine is not None and needs_status else None
    once(ctx.idempotency_key, lambda: job_work.job_is_done(task, job, status))
    ctx.log.info(f"{job.description}: done")
    return Emit("out", record)
