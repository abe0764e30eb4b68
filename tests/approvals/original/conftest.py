"""A task that waits, with the ids of the recorded example."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import pytest

from accounts.models import Scope, Tenant, User
from accounts.roles import Role
from approvals.models import Task, TaskJob
from inventory.models import Server
from tests.conftest import make_user

RECORDED = UUID("b7a1431c-eabf-47f9-955a-d46eac626582")
RECORDED_JOB = UUID("32bc3b13-8957-4341-9969-3098e0f5d39c")
RECORDED_AT = datetime.fromtimestamp(1479997495, UTC)
JOBS = {
    "DEPLOY": ("SCHEDULE", "CONFIGURE", "POWER_ON"),
    "UNDEPLOY": ("POWER_OFF", "DECONFIGURE", "FREE_RESOURCES"),
    "RECONFIGURE": ("UPDATE_RESOURCES", "RECONFIGURE", "REGISTER_VM"),
}
MakeTask = Callable[..., Task]


@pytest.fixture
def enterprise(db: None) -> Tenant:
    return Tenant.objects.create(id=4328, name="Recorded", slug="recorded")


@pytest.fixture
def requester(enterprise: Tenant) -> User:
    made = make_user("2493", Role.customer, enterprise)
    User.objects.filter(pk=made.pk).delete()
    made.pk = 4395
    made.save(force_insert=True)
    return made


@pytest.fixture
def machine(enterprise: Tenant, requester: User) -> Server:
    return Server.objects.create(
        id=1369, vmid=100, tenant=enterprise, user=requester, hostname="web1.example.org", disk=20
    )


@pytest.fixture
def task_of(machine: Server, requester: User) -> MakeTask:
    """`task_of(type="DEPLOY", state="QUEUEING", …)` makes one with its jobs."""

    def make(**fields: object) -> Task:
        values = {
            "type": "DEPLOY",
            "state": "QUEUEING",
            "server": machine,
            "requester": requester,
            "created_at": RECORDED_AT,
            "changed_at": RECORDED_AT,
            **fields,
        }
        values.setdefault("tenant", values["server"].tenant)
        values.setdefault("requester_name", values["requester"].email)
        task = Task.objects.create(**values)
        for number, kind in enumerate(JOBS[task.type]):
            words = f"{task.type.capitalize()} task's {kind.replace('_', ' ').lower()}"
            TaskJob.objects.create(
                **({"id": RECORDED_JOB} if number == 0 and task.id == RECORDED else {}),
                task=task,
                position=number,
                type=kind,
                description=f"{words} on virtual machine with id {task.server_id}",
                created_at=task.created_at,
                changed_at=task.changed_at,
            )
        return task

    return make


@pytest.fixture
def recorded(task_of: MakeTask) -> Task:
    """The task of the recorded example."""
    return task_of(id=RECORDED)


@pytest.fixture
def wide_scope(enterprise: Tenant) -> Scope:
    made = Scope.objects.create(name="Recorded")
    made.tenants.add(enterprise)
    return made


@pytest.fixture
def connector(wide_scope: Scope) -> User:
    return make_user("connector@tools.example", Role.connector, None, scope=wide_scope)


@pytest.fixture
def manager(wide_scope: Scope) -> User:
    return make_user("boss@tools.example", Role.manager, None, scope=wide_scope)
