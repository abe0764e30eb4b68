"""What each job does: to the machine in Proxmox, where it is in reach, and to the inventory."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from django.db import transaction

from accounts.actors import Actor
from approvals.models import Task, TaskJob
from approvals.services import making, reservations
from approvals.services.acting import NoTask, check_acting
from approvals.services.limits import check_limits
from approvals.services.operations import INTERFACE
from approvals.services.task_events import tell
from approvals.services.telling import tell_on_commit
from approvals.services.template_sizes import check_sizes
from common.ids import uuid_from
from common.names import as_name
from common.redact import plain_text
from flows.sdk import JsonObject
from inventory.models import Server
from inventory.services import gate, server_changes
from inventory.services.machines import Machine
from inventory.services.servers import update_server

SHUTDOWN_SECONDS: Final = 120
DONE: Final = (TaskJob.State.DONE, TaskJob.State.FAILED)
Type = TaskJob.Type


def task_of_run(record: Mapping[str, Any], run: str) -> Task:
    """The task that this very run carries out.

    Args:
        record: its `task` is the id.
        run: the run's id.

    Raises:
        NoTask: there is none.
    """
    task_id, run_id = uuid_from(str(record.get("task", ""))), uuid_from(run)
    rows = Task.objects.select_related("server", "tenant")
    found = rows.filter(id=task_id, execution_id=run_id).first() if task_id and run_id else None
    if found is None or found.server is None:
        raise NoTask
    return found


def job_begins(task: Task, position: int) -> TaskJob | None:
    """The job of that place, at work from now on; None when the task has none there."""
    now = datetime.now(UTC)
    with transaction.atomic():
        job = task.jobs.filter(position=position).first()
        rows = Task.objects.filter(id=task.id, state=Task.State.PENDING)
        if rows.update(state=Task.State.STARTED, changed_at=now):
            task.state, task.changed_at = Task.State.STARTED, now
            tell(task, "started")
            tell_on_commit(task)
        if job is not None and job.state == TaskJob.State.PENDING:
            job.state, job.changed_at = TaskJob.State.STARTED, now
            job.save(update_fields=["state", "changed_at"])
    return job


def job_is_done(task: Task, job: TaskJob, status: str | None) -> JsonObject:
    """Make the job's change in our tables, in the transaction at hand.

    Args:
        status: the power state of the machine; None without one.

    Raises:
        Problem: 409 `too_small`, `quota_exceeded`, `reservation_lost`, and those of changing a server.
    """
    server = _server(task)
    check_acting(task)
    with gate.passed(server.pk):
        _CHANGES[Type(job.type)](task, server, status)
    _mark(job, state=TaskJob.State.DONE)
    tell_on_commit(task)
    return {"job": job.type}


def on_machine(task: Task, job: TaskJob, machine: Machine) -> str | None:
    """Do the job's part in Proxmox; gives the task there that does it, if one does. Twice does no more than once.

    Raises:
        NodeError: as `Machine`.
    """
    server = _server(task)
    if job.type == Type.CONFIGURE and making.is_made(task):
        return making.set_up(task, server, machine)
    if job.type == Type.CONFIGURE:
        machine.set_size({"cpu": server.cpu, "ram": server.ram})
    elif job.type == Type.POWER_ON and machine.status() != Server.Status.online:
        return machine.apply("start", {})
    elif job.type == Type.RECONFIGURE:
        return machine.set_size(task.request["values"])
    elif job.type == Type.POWER_OFF and machine.status() != Server.Status.offline:
        return machine.power_off(force=bool(task.request["options"].get("force")), patience=SHUTDOWN_SECONDS)
    return None


def take_back(task: Task, machine: Machine | None) -> None:
    """Take back what the jobs did, the last one first. What cannot be taken back is told by its rollback state."""
    server = _server(task)
    task.jobs.filter(state=TaskJob.State.STARTED).update(state=TaskJob.State.FAILED)
    for job in task.jobs.filter(state__in=DONE).order_by("-position"):
        if job.state == TaskJob.State.FAILED and job.type not in (Type.RECONFIGURE, Type.CONFIGURE):
            continue
        _mark(job, rollback_state=TaskJob.State.ROLLBACK_STARTED)
        try:
            if job.type == Type.RECONFIGURE and machine is not None:
                smaller = {name: value for name, value in task.request["before"].items() if name != "disk"}
                machine.set_size(smaller)
            with transaction.atomic(), gate.passed(server.pk):
                is_undone = _undo(task, server, job)
            if job.type == Type.CONFIGURE:
                making.check_gone(task)
        except Exception as error:  # noqa: BLE001  # the others are taken back all the same
            told = as_name(plain_text(f"{job.description}: {error}"), 300)
            _mark(job, rollback_state=TaskJob.State.FAILED, description=told)
        else:
            _mark(job, rollback_state=TaskJob.State.ROLLBACK_DONE if is_undone else TaskJob.State.SKIPPED)


def _undo(task: Task, server: Server, job: TaskJob) -> bool:
    """Take back what a job did to our tables; False when it stays as it is."""
    actor = _acting(task)
    if job.type == Type.POWER_OFF:
        return False  # nobody is served by a server that is switched on behind their back
    if job.type == Type.CONFIGURE and reservations.reserved(task):
        update_server(server, actor=actor, **dict.fromkeys(reservations.reserved(task)))
    if job.type == Type.DECONFIGURE:
        update_server(server, actor=actor, deployment=Server.Deployment.deployed)
    return True


def _check(task: Task, server: Server, status: str | None) -> None:
    reservations.addresses(task)
    check_sizes(task, server)
    check_limits(task, server)


def _configure(task: Task, server: Server, status: str | None) -> None:
    kept = reservations.addresses(task)
    if kept:
        update_server(server, actor=_acting(task), **kept)


def _power_on(task: Task, server: Server, status: str | None) -> None:
    update_server(
        server,
        actor=_acting(task),
        deployment=Server.Deployment.deployed,
        status=status or Server.Status.online,
    )


def _register(task: Task, server: Server, status: str | None) -> None:
    values = task.request["values"]
    sizes = {name: value for name, value in values.items() if name not in INTERFACE}
    if sizes:
        update_server(server, actor=_acting(task), **sizes)
    if "vlan_tag" in values:
        server_changes.change_vlan_tag(server, values["vlan_tag"], actor=_acting(task))
    if "rate_limit" in values:
        rate = values["rate_limit"]
        limit = None if rate is None else Decimal(str(rate))
        server_changes.change_rate_limit(server, limit, actor=_acting(task))


def _power_off(task: Task, server: Server, status: str | None) -> None:
    update_server(server, actor=_acting(task), status=status or Server.Status.offline)


def _deconfigure(task: Task, server: Server, status: str | None) -> None:
    update_server(server, actor=_acting(task), deployment=Server.Deployment.undeployed)


def _free(task: Task, server: Server, status: str | None) -> None:
    update_server(server, actor=_acting(task), ip=None, ip6=None)


def _nothing(task: Task, server: Server, status: str | None) -> None:
    """The job is the machine's alone."""


_CHANGES: Final[Mapping[TaskJob.Type, Callable[[Task, Server, str | None], None]]] = {
    Type.SCHEDULE: _check,
    Type.CONFIGURE: _configure,
    Type.POWER_ON: _power_on,
    Type.UPDATE_RESOURCES: _check,
    Type.RECONFIGURE: _nothing,
    Type.REGISTER_VM: _register,
    Type.POWER_OFF: _power_off,
    Type.DECONFIGURE: _deconfigure,
    Type.FREE_RESOURCES: _free,
}


def _server(task: Task) -> Server:
    if task.server is None:
        raise NoTask
    return task.server


def _acting(task: Task) -> Actor:
    """The program, in reach of the task's tenant alone."""
    return Actor(user_id=None, tenant_id=task.tenant_id, role=None, name=f"task {task.id}")


def _mark(job: TaskJob, **values: Any) -> None:
    TaskJob.objects.filter(id=job.id).update(changed_at=datetime.now(UTC), **values)
