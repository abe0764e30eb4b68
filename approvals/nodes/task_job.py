"""Task job: do one job of the task that the run was started for. Drawn by the program alone."""

from approvals.models import Task, TaskJob
from approvals.services import job_work
from flows.sdk import Emit, Kind, Node, NodeConfig, NodeContext, NodeMeta, Record, Result, Wake, node, ui
from inventory.node_support import told_as_node_error
from inventory.services.effects import once, result_of
from inventory.services.machine_of import check_ended, machine_of, waiting
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
        """Its place."""
        return f"Job {config.position}"

    def run(self, ctx: NodeContext, config: TaskJobConfig, record: Record) -> Result:
        """Do it; where the machine is in reach, there first.

        Raises:
            NodeError: `not_a_task`, `quota_exceeded`, `reservation_lost`, and those of the machine.
        """
        with told_as_node_error():
            task = job_work.task_of_run(record, ctx.run_id)
            job = job_work.job_begins(task, config.position)
            if job is None:
                return Emit("out", record)
            machine = _machine(ctx, task)
            if machine is not None and result_of(ctx.idempotency_key) is None:
                upid = job_work.on_machine(task, job, machine)
                if upid is not None:
                    return waiting(machine, upid, ctx.clock.now())
            return _done(ctx, task, job, machine, record)

    def resume(self, ctx: NodeContext, config: TaskJobConfig, record: Record, wake: Wake) -> Result:
        """Look whether Proxmox is done.

        Raises:
            NodeError: `task_failed`, `task_too_slow`, and those of `run`.
        """
        with told_as_node_error():
            task = job_work.task_of_run(record, ctx.run_id)
            job = job_work.job_begins(task, config.position)
            machine = _machine(ctx, task)
            if job is None or machine is None:
                raise job_work.NoTask
            upid = str(wake.detail["upid"])
            ended = machine.api.task(str(wake.detail["node"]), upid)
            if ended is None:
                return waiting(machine, upid, ctx.clock.now(), wake.since)
            check_ended(ended)
            return _done(ctx, task, job, machine, record)


def _machine(ctx: NodeContext, task: Task) -> Machine | None:
    return machine_of(ctx, task.server) if task.server is not None else None


def _done(ctx: NodeContext, task: Task, job: TaskJob, machine: Machine | None, record: Record) -> Emit:
    needs_status = machine is not None and job.type in (TaskJob.Type.POWER_ON, TaskJob.Type.POWER_OFF)
    status = machine.status() if machine is not None and needs_status else None
    once(ctx.idempotency_key, lambda: job_work.job_is_done(task, job, status))
    ctx.log.info(f"{job.description}: done")
    return Emit("out", record)
