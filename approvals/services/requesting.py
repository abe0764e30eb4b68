"""Asking for deploy, reconfigure and undeploy of servers."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from accounts import audit
from accounts.actors import Actor
from accounts.roles import Permission
from accounts.scope import visible
from approvals.connector import told_held
from approvals.models import Task, TaskJob
from approvals.policy.facts import State
from approvals.services import asking, carrying_out, operations, policies, reservations
from approvals.services.content import hash_of
from approvals.services.ending import Ending, end
from approvals.services.gate import server_is_held
from approvals.services.limits import check_limits
from approvals.services.settings import holds
from approvals.services.task_events import tell, tell_state
from approvals.services.telling import tell_on_commit
from approvals.services.template_sizes import check_sizes
from common.ids import new_id
from common.problems import bad_value, not_found
from inventory.models import Server

MOST_SERVERS: Final = 200
"""So many servers may be asked for at once."""
ENDINGS: Final = (State.continued, State.cancelled, State.expired)
KEPT: Final = 20
"""So many tasks of a server stay readable."""


def request_operation(
    *,
    actor: Actor,
    servers: Sequence[Server],
    type: str,  # as the column is called
    values: Mapping[str, Any] | None = None,
    options: Mapping[str, Any] | None = None,
) -> list[Task]:
    """Ask for an operation on servers: one task each, all or none. Held for review, or started at once.

    Args:
        type: `DEPLOY`, `RECONFIGURE` or `UNDEPLOY`.
        values: of a reconfigure, the new `cpu`, `ram` (MB), `disk` (GB), `vlan_tag` and `rate_limit` (MB/s).
        options: `ipv4`, `ipv6` of a deploy: give the server an address; `force` of an undeploy.

    Raises:
        Problem: 403 `not_allowed`, 404 `not_found`; 409 `server_is_held`, `already_deployed`, `not_deployed`,
            `too_small`, `quota_exceeded`, `pool_exhausted`, `no_interface`; 400 `unknown_value`, `bad_amount`,
            `nothing_to_change`, `unknown_option`, `bad_amount_of_servers`.
    """
    actor.need(Permission.request_tasks)
    kind = Task.Type(type)
    if not 0 < len(servers) <= MOST_SERVERS:
        raise bad_value(
            "bad_amount_of_servers", f"Name between 1 and {MOST_SERVERS} servers.", field="servers"
        )
    with transaction.atomic():
        batch = new_id() if len(servers) > 1 else None
        tasks = [
            _ask(actor, server, kind, values or {}, options or {}, batch)
            for server in _locked(actor, {server.pk for server in servers})
        ]
        waiting = [task for task in tasks if task.state == Task.State.QUEUEING]
        if waiting:
            told_held(waiting)
        tell_on_commit(*tasks)
    return tasks


def servers_in_reach(actor: Actor) -> QuerySet[Server]:
    """Those for which the actor can ask, or see what was asked."""
    return visible(Server, actor).filter(deleted_at=None)


def servers_of(actor: Actor, ids: Collection[int]) -> list[Server]:
    """The servers of these ids.

    Raises:
        Problem: 404 `not_found`, when one is not in reach.
    """
    found = list(servers_in_reach(actor).filter(pk__in=ids))
    if len(found) != len(set(ids)):
        raise not_found("There is no such server.")
    return found


def _locked(actor: Actor, ids: set[int]) -> list[Server]:
    """The servers in reach, held until the transaction ends, in an order that is the same for everybody."""
    rows = servers_in_reach(actor).filter(pk__in=ids).order_by("pk")
    found = list(rows.select_for_update(of=("self",)))
    if len(found) != len(ids):
        raise not_found("There is no such server.")
    return found


def _ask(
    actor: Actor,
    server: Server,
    kind: Task.Type,
    values: Mapping[str, Any],
    options: Mapping[str, Any],
    batch: UUID | None,
) -> Task:
    holder = Task.objects.filter(server=server, state__in=Task.OPEN).first()
    if holder is not None:
        raise server_is_held(server, holder)
    operations.check_operation(server, kind)
    task = _drawn_up(actor, server, kind, values, options, batch)
    check_sizes(task, server)
    check_limits(task, server)
    task.request["reserved"] = reservations.reserve(task, server)
    is_held = holds(server.tenant_id)
    task.state = Task.State.QUEUEING if is_held else Task.State.PENDING
    verdict = policies.hold(task, policies.policy_for(task), task.request) if is_held else None
    _store(task, server)
    changes = {"type": task.type, "server": server.pk, "state": task.state, "request": task.request}
    audit.record(actor, "requested", "task", str(task.id), tenant_id=task.tenant_id, changes=changes)
    if not is_held:
        tell_state(task)
        carrying_out.begin(task)
        return task
    tell(task, "held")
    if verdict is not None and verdict.state in ENDINGS:
        end(task, Ending(verdict.state.value, verdict.reason, "The policy", task.created_at))
    elif verdict is not None:
        asking.keep(task, verdict)
    return task


def _drawn_up(
    actor: Actor,
    server: Server,
    kind: Task.Type,
    values: Mapping[str, Any],
    options: Mapping[str, Any],
    batch: UUID | None,
) -> Task:
    now = datetime.now(UTC)
    wanted = operations.checked_values(server, kind, values)
    task = Task(
        id=new_id(),
        tenant_id=server.tenant_id,
        type=kind,
        requester_id=actor.user_id,
        requester_name=actor.name,
        created_at=now,
        changed_at=now,
        server=server,
        batch=batch,
        title=operations.title_of(kind, server),
        request={
            "values": wanted,
            "before": operations.before(server, wanted),
            "options": operations.checked_options(kind, options),
        },
    )
    task.text = operations.text_of(task, server)
    task.shown = operations.shown_of(task, server)
    task.content_hash = hash_of(task)
    return task


def _store(task: Task, server: Server) -> None:
    try:
        with transaction.atomic():
            task.save(force_insert=True)
    except IntegrityError as error:
        holder = Task.objects.filter(server=server, state__in=Task.OPEN).first()
        if holder is None:
            raise
        raise server_is_held(server, holder) from error
    TaskJob.objects.bulk_create(
        TaskJob(
            id=new_id(),
            task=task,
            position=position,
            type=job,
            description=operations.description_of(task, job),
            created_at=task.created_at,
            changed_at=task.created_at,
        )
        for position, job in enumerate(operations.JOBS[task.type], start=1)
    )
    _forget_old(server)


def _forget_old(server: Server) -> None:
    """The oldest go; what is open stays whatever its age."""
    rows = Task.objects.filter(server=server).order_by("-created_at", "-id")
    old = list(rows.values_list("pk", flat=True)[KEPT : KEPT + 100])
    if old:
        Task.objects.filter(pk__in=old).exclude(state__in=Task.OPEN).delete()
