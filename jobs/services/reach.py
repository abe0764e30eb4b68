"""What of jobs an actor can reach. All reading begins here."""

from typing import TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.actors import Actor
from accounts.roles import Permission
from accounts.scope import visible
from common.ids import uuid_from
from common.problems import not_found
from jobs.models import Command, Job, JobRun, Service

A = TypeVar("A", Command, Service)


def jobs_in_reach(actor: Actor) -> QuerySet[Job]:
    """The jobs that are not deleted, by name."""
    return visible(Job, actor).filter(deleted_at=None).select_related("tenant", "command", "flow")


def job_for(actor: Actor, job_id: UUID | str, permission: Permission = Permission.view) -> Job:
    """A job that the actor can reach.

    Raises:
        Problem: 404 `not_found`, equal for foreign and unknown ids; 403 `not_allowed`.
    """
    found = jobs_in_reach(actor).filter(id=_known(job_id, "There is no such job.")).first()
    if found is None:
        raise not_found("There is no such job.")
    actor.need(permission)
    return found


def job_runs_in_reach(actor: Actor) -> QuerySet[JobRun]:
    """The runs of all jobs, newest first, those of deleted jobs too."""
    return visible(JobRun, actor).select_related("job", "job__tenant", "job__command", "job__flow")


def job_run_for(actor: Actor, job_run_id: UUID | str, permission: Permission = Permission.view) -> JobRun:
    """A job run that the actor can reach.

    Raises:
        Problem: 404 `not_found`, equal for foreign and unknown ids; 403 `not_allowed`.
    """
    found = job_runs_in_reach(actor).filter(id=_known(job_run_id, "There is no such job run.")).first()
    if found is None:
        raise not_found("There is no such job run.")
    actor.need(permission)
    return found


def usable_commands(tenant_id: int | None) -> QuerySet[Command]:
    """The approved commands that jobs and flows of this owner may use; None is the platform."""
    return _usable(Command.objects.filter(is_enabled=True), tenant_id)


def usable_services(tenant_id: int | None) -> QuerySet[Service]:
    """The services that flows of this owner may stop; None is the platform."""
    return _usable(Service.objects.filter(is_enabled=True), tenant_id)


def _usable(enabled: QuerySet[A], tenant_id: int | None) -> QuerySet[A]:
    if tenant_id is None:
        return enabled
    chosen = Q(audience=Command.Audience.CHOSEN, tenants=tenant_id)
    return enabled.filter(Q(audience=Command.Audience.EVERYONE) | chosen)


def _known(text: UUID | str, otherwise: str) -> UUID:
    found = text if isinstance(text, UUID) else uuid_from(text)
    if found is None:
        raise not_found(otherwise)
    return found
