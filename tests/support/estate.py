"""One of everything that a tenant can have, and the address of each."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from rest_framework.test import APIClient

from accounts.actors import Actor
from accounts.models import AuditEntry, CaughtMail, Scope, Tenant, User
from accounts.roles import Permission
from accounts.services import tokens
from actions.credentials.smtp import Smtp
from actions.models import Credential
from actions.services import credentials
from approvals.models import Delivery, Task
from approvals.services.applications import register
from approvals.services.calendars import create_calendar
from approvals.services.delegations import delegate
from approvals.services.groups import create_group
from approvals.services.policy_editing import create_policy
from flows.models import Flow
from flows.services.errands import Question, ask
from flows.services.event_types import define
from inventory.models import IPv4Range, IPv6Range
from inventory.tables import TABLES
from jobs.services.commands import create_command
from jobs.services.jobs import create_job
from jobs.services.launching import Launch, launch
from jobs.services.stoppable import create_service
from tests.flows.pages.conftest import furnished, published
from tests.inventory.api.test_tables import body_of

UNKNOWN_ID = "987654321"
UNKNOWN_UUID = str(UUID(int=7))
SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}}
_PARAMETER = re.compile(r"<(\w+)>")


@dataclass(frozen=True)
class Estate:
    """Ids by the beginning of the address below which they stand."""

    ids: dict[str, str]

    def address(self, path: str) -> str:
        """The path with this tenant's ids in it."""
        return _PARAMETER.sub(lambda found: self._value(found[1], path), path)

    def _value(self, parameter: str, path: str) -> str:
        fixed = {
            "number": "1",
            "datacenter": self.ids["/tenants/"],
            "appliance": self.ids["/tenants/"],
            "enterprise": self.ids["/tenants/"],
            "machine": self.ids["/inventory/servers/"],
            "task": self.ids["/api/tasks/"],
            "delivery_id": self.ids["/reviews/deliveries/"],
            "user": self.ids["/users/"],
            "application": self.ids["/api/applications/"],
            "property_id": "1",
            "privilege_id": "1",
            "role_id": "1",
            "token": "x",
            "route": "servers",
            "mode": "success",
            "answer": "continue",
            "node_type": "sleep",
            "user_id": self.ids["/users/"],
            "errand_id": UNKNOWN_UUID,
        }
        if parameter in fixed:
            return fixed[parameter]
        plain = path.removeprefix("/api/v1").replace("<route>", "servers")
        return self.ids[max((start for start in self.ids if plain.startswith(start)), key=len)]


def unknown(path: str) -> str:
    """The path with ids of nothing in it."""

    def value(found: re.Match[str]) -> str:
        parameter = found[1]
        fixed = {
            "number": "1",
            "task": UNKNOWN_UUID,
            "delivery_id": UNKNOWN_UUID,
            "token": "x",
            "route": "servers",
            "name": "no.such.type",
            "mode": "success",
            "errand_id": UNKNOWN_UUID,
            "node_type": "sleep",
            "answer": "continue",
        }
        is_uuid = re.match(
            r"(/api/v1)?/(flows|runs|events|errands|jobs|job-runs|reviews|tasks|deliveries)/", path
        )
        return fixed.get(parameter, UNKNOWN_UUID if is_uuid else UNKNOWN_ID)

    return _PARAMETER.sub(value, path)


def estate_of(tenant: Tenant, admin: User, customer: User) -> Estate:
    """Make one of everything for a tenant; `customer` is whom rows name."""
    actor = Actor.of_user(admin)
    house = furnished(published(admin, f"Flow of {tenant.slug}"))
    kind = define(actor=actor, name=f"{tenant.slug}.event", label="Own", schema=SCHEMA)
    token, _ = tokens.create(Actor.of_user(admin), name="ci", scopes=["view"])
    entry = AuditEntry.objects.filter(tenant=tenant).first()
    assert entry is not None
    ids = {
        "/tenants/": tenant.pk,
        "/users/": customer.pk,
        "/scopes/": Scope.objects.create(name=f"Scope of {tenant.slug}").pk,
        "/tokens/": token.pk,
        "/audit/": entry.pk,
        "/mailbox/": _caught_mail(tenant).pk,
        "/errands/": ask(actor, Question("choices", tenant.pk, {}, Permission.edit_flows)).pk,
        "/credentials/": _credential(actor).pk,
        "/flows/": house.flow.pk,
        "/runs/": house.run.pk,
        "/events/": house.event.pk,
        "/events/types/": kind.name,
        "/event-types/": kind.name,
        **_jobs(tenant, actor, house.flow),
        **_policies(tenant, actor, admin),
        **dict.fromkeys(("/reviews/", "/tasks/"), _task(tenant, customer).pk),
        **_inventory(tenant, admin, customer),
    }
    ids |= _workflow(ids["/inventory/servers/"], customer)
    ids["/servers/"] = ids["/inventory/servers/"]
    for name in ("servers", "tickets"):
        ids[f"/my/{name}/"] = ids[f"/inventory/{name}/"]
    return Estate({start: str(value) for start, value in ids.items()})


def _credential(actor: Actor) -> Credential:
    values = {"host": "mail.example.org", "password": "hunter2hunter2"}
    return credentials.create(actor=actor, type=Smtp.meta.type, name="mail", values=values)


def _caught_mail(tenant: Tenant) -> CaughtMail:
    return CaughtMail.objects.create(
        tenant=tenant,
        run_id=UUID(int=1),
        message_id=f"one@{tenant.slug}",
        sender="hookflow@example.org",
        to=["ops@example.org"],
        subject=f"For {tenant.slug}",
        text="Text",
    )


def _task(tenant: Tenant, customer: User) -> Task:
    now = datetime.now(UTC)
    return Task.objects.create(
        tenant=tenant, requester=customer, type="REVIEW", state="QUEUEING", created_at=now, changed_at=now
    )


def _inventory(tenant: Tenant, admin: User, customer: User) -> dict[str, Any]:
    own_node = {"scope": "node", "nodes": tenant.slug}
    v4 = IPv4Range.objects.create(tenant=tenant, start="10.0.0.1", end="10.0.0.9", subnet=24, **own_node)
    v6 = IPv6Range.objects.create(tenant=tenant, network="2001:db8::", prefix=120, target=128, **own_node)
    client, ids = APIClient(), {}
    client.force_login(admin)
    for table in TABLES:
        body = body_of(table.route, customer, {"ipv4": v4.pk, "ipv6": v6.pk})
        body |= own_node if table.route.endswith("-ranges") else {}
        made = client.post(f"/api/v1/inventory/{table.route}/", body)
        assert made.status_code == 201, (table.route, made.content)
        ids[f"/inventory/{table.route}/"] = made.json()["id"]
    return ids


def _workflow(server_id: int, customer: User) -> dict[str, Any]:
    """A task that waits for review, and an application of the customer's."""
    now = datetime.now(UTC)
    task = Task.objects.create(
        tenant=customer.tenant,
        type="DEPLOY",
        state="QUEUEING",
        server_id=server_id,
        requester=customer,
        created_at=now,
        changed_at=now,
    )
    application, _ = register(actor=Actor.of_user(customer), user=customer, name="Reviewer")
    delivery = Delivery.objects.create(tenant=customer.tenant, created_at=now, state="failed")
    delivery.tasks.add(task)
    return {
        "/api/tasks/": task.pk,
        "/api/applications/": application.pk,
        **dict.fromkeys(("/reviews/deliveries/", "/deliveries/"), delivery.pk),
    }


def _jobs(tenant: Tenant, actor: Actor, flow: Flow) -> dict[str, Any]:
    """A job with a run that waits, and a command and a service that the tenant may use."""
    job = create_job(actor=actor, name="Nightly", kind="flow", flow=flow)
    job_run = launch(actor=actor, job=job, how=Launch(at=datetime(2090, 1, 1, tzinfo=UTC)))
    command = create_command(
        actor=Actor.system(),
        name=f"Echo {tenant.slug}",
        executable="/usr/bin/echo",
        audience="chosen",
        tenants=[tenant],
    )
    service = create_service(
        actor=Actor.system(),
        name=f"Web {tenant.slug}",
        stop_command=command,
        status_command=command,
        audience="chosen",
        tenants=[tenant],
    )
    return {"/jobs/": job.pk, "/job-runs/": job_run.pk, "/commands/": command.pk, "/services/": service.pk}


def _policies(tenant: Tenant, actor: Actor, admin: User) -> dict[str, Any]:
    """A policy of the tenant, with a group and a calendar beside it, and somebody who stands in for the admin."""
    viewer = User.objects.create(
        email=f"deputy@{tenant.slug}.example", name="Deputy", role="viewer", tenant=tenant
    )
    now = datetime.now(UTC)
    until = now + timedelta(days=1)
    delegation = delegate(actor=actor, owner=admin, to=viewer, start=now, until=until)
    level = {"reviewers": [{"kind": "user", "id": admin.pk}]}
    policy = create_policy(actor=actor, name="Own", document={"stages": [{"levels": [level]}]})
    return {
        "/policies/": policy.pk,
        "/review-groups/": create_group(actor=actor, name="Own").pk,
        "/calendars/": create_calendar(actor=actor, name="Own").pk,
        "/delegations/": delegation.pk,
    }
