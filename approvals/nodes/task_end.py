"""Task end: say that an operation is over; where a job failed, take back what the others did. Drawn by the program."""

from django.db import transaction

from approvals.models import Task
from approvals.services import carrying_out, cut_off, job_work, making
from flows.sdk import (
    Emit,
    Kind,
    Node,
    NodeConfig,
    NodeContext,
    NodeError,
    NodeMeta,
    Record,
    Result,
    Wake,
    node,
    ui,
)
from inventory.node_support import told_as_node_error
from inventory.services.machine_of import machine_of
from inventory.services.machines import Machine


class TaskEndConfig(NodeConfig):
    """How it went."""

    is_failed: bool = ui(False, label="A job failed")


@node
class TaskEnd(Node):
    """Ends the task, once however often the step is repeated."""

    meta = NodeMeta(
        type="task-end",
        kind=Kind.ACTION,
        label="End of a task",
        summary="End an operation on a server.",
        icon="flag",
        durable=True,
        blocking=True,
        outside=True,
        is_internal=True,
    )
    Config = TaskEndConfig

    def summary(self, config: TaskEndConfig) -> str:
        return "Takes back what was done" if config.is_failed else "Done"

    def run(self, ctx: NodeContext, config: TaskEndConfig, record: Record) -> Result:
        """End it.

        Raises:
            NodeError: `not_a_task`.
        """
        with told_as_node_error():
            task = job_work.task_of_run(record, ctx.run_id)
            wait = making.unmake(ctx, task, is_cut_off=_is_cut_off(task)) if config.is_failed else None
            return wait or _ended(ctx, config, record, task)

    def resume(self, ctx: NodeContext, config: TaskEndConfig, record: Record, wake: Wake) -> Result:
        """Look whether the machine is gone that the deploy made.

        Raises:
            NodeError: `not_a_task`.
        """
        with told_as_node_error():
            task = job_work.task_of_run(record, ctx.run_id)
            wait = making.unmake(ctx, task, wake, is_cut_off=_is_cut_off(task))
            return wait or _ended(ctx, config, record, task)


def _ended(ctx: NodeContext, config: TaskEndConfig, record: Record, task: Task) -> Emit:
    state, error = Task.State.FINISHED_SUCCESSFULLY, None
    if config.is_failed:
        found = record.get("error")
        error = carrying_out.plain_error(found if isinstance(found, dict) else None)
        state, error = cut_off.ending_of(task) or (Task.State.FINISHED_UNSUCCESSFULLY, error)
        job_work.take_back(task, _machine(ctx, task))
    with transaction.atomic():
        carrying_out.finish(task, state, error)
    ctx.log.info(f"{task.title}: {state.label.lower()}")
    return Emit("out", {name: value for name, value in record.items() if name != "error"})


def _is_cut_off(task: Task) -> bool:
    return cut_off.ending_of(task) is not None


def _machine(ctx: NodeContext, task: Task) -> Machine | None:
    """None as well when it cannot be reached: what is ours is taken back all the same."""
    try:
        return machine_of(ctx, task.server) if task.server is not None else None
    except NodeError:
        return None
