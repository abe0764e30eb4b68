"""A flow that a job runs, an approved command, and a way to let time pass."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from accounts.actors import Actor
from accounts.models import Tenant, User
from flows.models import Event, Flow, Run
from jobs.models import Command, Job, JobRun
from jobs.services.commands import create_command
from jobs.services.jobs import create_job
from jobs.services.settling import settle
from tests.support.flows import line, published

MakeJob = Callable[..., Job]
MakeCommand = Callable[..., Command]


@pytest.fixture(autouse=True)
def keys(encryption_key: None) -> None:
    """What jobs are given is stored encrypted."""


@pytest.fixture
def admin() -> Actor:
    return Actor.system()


@pytest.fixture
def owner(tenant_admin: User) -> Actor:
    return Actor.of_user(tenant_admin)


@pytest.fixture
def flow(tenant: Tenant) -> Flow:
    """It does nothing, and does it well."""
    return published(
        line(("t", "manual", {}), ("s", "add-field", {"as_field": "done", "value": "yes"})),
        Actor.system(tenant.pk),
    )


@pytest.fixture
def make_job(owner: Actor, flow: Flow) -> MakeJob:
    def make(**values: Any) -> Job:
        return create_job(actor=owner, **{"name": "Nightly", "kind": "flow", "flow": flow, **values})

    return make


@pytest.fixture
def make_command(admin: Actor, db: None) -> MakeCommand:
    def make(**values: Any) -> Command:
        return create_command(actor=admin, **{"executable": "/usr/bin/echo", **values})

    return make


@pytest.fixture
def command(make_command: MakeCommand) -> Command:
    """Echoes a word."""
    slots = [{"name": "word", "is_required": True}]
    return make_command(name="Echo", slots=slots, environment=["GREETING"], audience="everyone")


def over(job_run: JobRun, status: str = "succeeded", **error: str) -> JobRun:
    """Its run has ended that way, and that was noticed."""
    now = datetime.now(UTC)
    job_run.refresh_from_db()
    Run.objects.filter(id=job_run.run_id).update(
        status=status, started_at=now, finished_at=now, error=error or None
    )
    settle()
    return JobRun.objects.select_related("job").get(id=job_run.id)


def told(name: str = "") -> list[str]:
    """The events of jobs, in order."""
    return list(
        Event.objects.filter(type__startswith=f"job.{name}").order_by("id").values_list("type", flat=True)
    )
