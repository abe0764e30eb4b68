"""How each operation of the API that changes something is called so that it succeeds.

An operation without an entry is called with an empty body.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from rest_framework.test import APIClient

from accounts.actors import Actor
from accounts.models import Tenant, User
from accounts.roles import Role
from approvals.models import Task
from flows.graph.codec import document_json
from flows.models import Flow, Hook, QueueEntry, Run, Step
from flows.services.hooks import rotate_secret
from inventory.models import Tag
from inventory.services.tags import assign
from inventory.tables import TABLES
from jobs.services.commands import create_command
from tests.conftest import make_user
from tests.flows.pages.conftest import drawing, furnished
from tests.inventory.api.test_tables import CHANGE, body_of
from tests.support.estate import Estate
from tests.support.flows import line
from tests.support.flows import published as drawn

NO_CHANGE = {
    "POST /api/v1/flows/{id}/validate/": "looks at a drawing",
    "POST /api/v1/flows/{id}/wiring/": "looks at a drawing",
    "POST /api/v1/flows/{id}/preview/": "renders a text",
    "POST /api/v1/flows/{id}/dry-run/": "runs in memory and keeps nothing",
    "POST /api/v1/flows/{id}/choices/": "asks an outside system for a list",
    "POST /api/v1/flows/import/preview/": "looks at a drawing",
    "POST /api/v1/credentials/{id}/test/": "asks an outside system whether it lets one in",
    "POST /api/v1/hooks-file/preview/": "looks at a text",
    "POST /api/v1/policies/preview/": "tries a policy in memory",
    "POST /api/v1/events/": "the event itself is kept, with its sender; thousands a second come in",
    "POST /hooks/{key}/": "the event itself is kept; thousands a second come in",
}
"""Operations that write no entry, and why."""


@dataclass(frozen=True)
class Stage:
    """What calls find."""

    estate: Estate
    tenant: Tenant
    admin: User
    customer: User

    @property
    def flow(self) -> Flow:
        """The flow that is on."""
        return Flow.objects.get(pk=self.estate.ids["/flows/"])

    def id(self, start: str) -> int:
        """The id of the tenant's thing below an address."""
        return int(self.estate.ids[start])


@dataclass(frozen=True)
class Call:
    """A body, or what makes one; and what happens before, which may say the id that the address is about."""

    body: Callable[[Stage], dict[str, Any]] | dict[str, Any]
    before: Callable[[Stage], Any] = lambda stage: None


def waiting(stage: Stage, cursor: dict[str, Any]) -> Run:
    """A run that rests at its filter."""
    run = furnished(stage.flow, "waiting").run
    Step.objects.filter(run=run).update(status="interrupted")
    QueueEntry.objects.filter(run=run).update(cursor={"pending": ["f"], **cursor}, owner="", due_ms=None)
    return run


def asleep(stage: Stage) -> Run:
    """One that a person may let go on."""
    return waiting(stage, {"suspension": {"node": "f", "port": "out", "reason": "sleep", "answers": ["out"]}})


def resumable(stage: Stage) -> None:
    """The failed run knows where it stood."""
    Run.objects.filter(pk=stage.estate.ids["/runs/"]).update(last_cursor={"pending": ["f"], "attempts": 3})


def not_held(stage: Stage) -> None:
    """No task holds the tenant's server."""
    Task.objects.filter(server_id=stage.id("/inventory/servers/")).update(state="CANCELLED")


def reconfigured(stage: Stage) -> dict[str, Any]:
    """More memory for the server."""
    not_held(stage)
    return {"type": "RECONFIGURE", "servers": [stage.id("/inventory/servers/")], "values": {"ram": 4096}}


def failed(stage: Stage) -> None:
    """The task was carried out, in vain."""
    Task.objects.filter(pk=stage.estate.ids["/tasks/"]).update(state="FINISHED_UNSUCCESSFULLY")


def with_webhook(stage: Stage) -> Flow:
    """A flow that a calling system starts."""
    trigger = ("t", "inbound-webhook", {"auth": "slack"})
    return drawn(line(trigger, ("s", "sleep", {"duration": "5s"})), Actor.of_user(stage.admin))


def with_old_secret(stage: Stage) -> Any:
    """Its secret was changed, and the one before is taken for a while."""
    flow, actor = with_webhook(stage), Actor.of_user(stage.admin)
    for keep in ("0s", "1h"):
        rotate_secret(actor=actor, flow=flow, keep_old_for=keep)
    return flow.pk


def without_address(stage: Stage) -> Any:
    """Its address was not asked for yet."""
    flow = with_webhook(stage)
    Hook.objects.filter(flow=flow).delete()
    return flow.pk


def tagged(stage: Stage) -> dict[str, Any]:
    """The tenant's server as what a tag is put on."""
    return {"resource_type": "server", "resource_id": stage.id("/inventory/servers/")}


def put_on(stage: Stage) -> None:
    """The tag is on the server."""
    tag = Tag.objects.get(pk=stage.id("/inventory/tags/"))
    assign(tag=tag, actor=Actor.of_user(stage.admin), **tagged(stage))


def on_flow(stage: Stage) -> dict[str, Any]:
    """What a new job needs."""
    return {"name": "Weekly", "kind": "flow", "flow": str(stage.flow.pk)}


def new_row(route: str) -> Call:
    """A row of a table beside the one that is there."""
    other = {
        "ipv4-addresses": {"ip": "10.1.0.8"},
        "ipv6-addresses": {"ip": "2001:db8:1:1::"},
        "ipv4-ranges": {"start": "10.2.0.1", "end": "10.2.0.9", "scope": "node", "nodes": "other"},
        "ipv6-ranges": {"network": "2001:db8:2::", "scope": "node", "nodes": "other"},
        "servers": {"vmid": 102, "hostname": "b.example.org"},
        "tags": {"name": "gold"},
        "proxmox-nodes": {"name": "other"},
    }

    def body(stage: Stage) -> dict[str, Any]:
        ranges = {"ipv4": stage.id("/inventory/ipv4-ranges/"), "ipv6": stage.id("/inventory/ipv6-ranges/")}
        owner = (
            make_user("new@acme.example", Role.customer, stage.tenant)
            if route == "balances"
            else stage.customer
        )
        return {**body_of(route, owner, ranges), **other.get(route, {})}

    return Call(body)


def policy(stage: Stage) -> dict[str, Any]:
    """The admin is asked."""
    levels = [{"reviewers": [{"kind": "user", "id": stage.admin.pk}]}]
    return {"name": "Big changes", "document": {"stages": [{"levels": levels}]}}


def absence(stage: Stage) -> dict[str, Any]:
    """A colleague stands in for the admin."""
    colleague = make_user("ann@acme.example", Role.viewer, stage.tenant)
    now = datetime.now(UTC)
    return {
        "delegate": colleague.pk,
        "start": now.isoformat(),
        "until": (now + timedelta(days=3)).isoformat(),
    }


def made(route: str, body: Callable[[Stage], dict[str, Any]] | dict[str, Any]) -> Callable[[Stage], Any]:
    """Make a thing over the API first; its id."""

    def before(stage: Stage) -> Any:
        client = APIClient()
        client.force_login(stage.admin)
        answer = client.post(f"{V1}{route}/", body if isinstance(body, dict) else body(stage))
        assert answer.status_code == 201, answer.content
        return answer.json()["id"]

    return before


HOOKS = """hooks:
  - event_type: workflow_failed
    implementation: cloudify.snmp.snmp_trap.send_snmp_trap
    inputs: {destination_address: 10.239.0.109, destination_port: 162, community_string: public}
"""
V1 = "/api/v1/"
CALLS: dict[str, Call] = {
    f"PUT {V1}action-settings/{{node_type}}/": Call({"config": {}}),
    f"POST {V1}commands/": Call({"name": "List", "executable": "/usr/bin/ls"}),
    f"PATCH {V1}commands/{{id}}/": Call({"name": "Say"}),
    f"DELETE {V1}commands/{{id}}/": Call(
        {}, lambda stage: create_command(actor=Actor.system(), name="Unused", executable="/usr/bin/ls").pk
    ),
    f"PATCH {V1}me/": Call({"zone": "Europe/Berlin"}),
    f"PATCH {V1}review-notices/": Call({"link_hours": 5}),
    f"PATCH {V1}tenants/{{id}}/review-notices/": Call({"link_hours": 5}),
    f"PATCH {V1}tenants/{{id}}/limits/": Call({"servers": 5}),
    f"POST {V1}services/": Call(
        lambda stage: {
            "name": "Mail",
            "stop_command": stage.id("/commands/"),
            "status_command": stage.id("/commands/"),
        }
    ),
    f"PATCH {V1}services/{{id}}/": Call({"name": "Shop"}),
    f"POST {V1}credentials/": Call(
        {"type": "smtp", "name": "two", "values": {"host": "mail.example.org", "password": "hunter2hunter2"}}
    ),
    f"PATCH {V1}credentials/{{id}}/": Call({"name": "three"}),
    f"POST {V1}event-types/": Call({"name": "order.paid", "label": "Paid", "schema": {"type": "object"}}),
    f"PUT {V1}event-types/{{name}}/": Call({"label": "Paid", "schema": {"type": "object"}}),
    f"POST {V1}flows/": Call({"name": "New"}),
    f"PATCH {V1}flows/{{id}}/": Call({"name": "Renamed"}),
    f"PUT {V1}flows/{{id}}/draft/": Call({"document": document_json(drawing("Drawn anew"))}),
    f"POST {V1}flows/import/": Call({"document": document_json(drawing("Brought"))}),
    f"POST {V1}flows/{{id}}/hook/": Call({}, without_address),
    f"POST {V1}flows/{{id}}/hook/rotate/": Call({}, lambda stage: with_webhook(stage).pk),
    f"DELETE {V1}flows/{{id}}/hook/old-secret/": Call({}, with_old_secret),
    f"PUT {V1}flows/{{id}}/hook/secret/": Call(
        {"secret": "8f742231b10e8888abcd99yyyzzz85a5"}, lambda stage: with_webhook(stage).pk
    ),
    f"POST {V1}hooks-file/import/": Call({"text": HOOKS}),
    f"POST {V1}inventory/balances/{{id}}/add/": Call({"amount": 5}),
    f"POST {V1}inventory/balances/{{id}}/remove/": Call({"amount": 5}),
    f"POST {V1}inventory/tags/{{id}}/assign/": Call(tagged),
    f"POST {V1}inventory/tags/{{id}}/unassign/": Call(tagged, put_on),
    f"POST {V1}inventory/tickets/{{id}}/messages/": Call({"content": "Thanks."}),
    f"POST {V1}jobs/": Call(on_flow),
    f"PATCH {V1}jobs/{{id}}/": Call({"name": "Daily"}),
    f"PUT {V1}jobs/{{id}}/follow-ups/{{mode}}/": Call(
        {"actions": [{"type": "log-line", "config": {"text": "x"}}]}
    ),
    f"PATCH {V1}platform/settings/": Call({"mail_senders": ["ops@example.org"]}),
    f"POST {V1}runs/{{id}}/cancel/": Call({}, lambda stage: asleep(stage).pk),
    f"POST {V1}runs/{{id}}/continue/": Call({"node": "f"}, lambda stage: asleep(stage).pk),
    f"POST {V1}runs/{{id}}/decide/": Call(
        {"node": "f", "decision": "skip"}, lambda stage: waiting(stage, {"intent": "f"}).pk
    ),
    f"POST {V1}runs/{{id}}/resume/": Call({}, resumable),
    f"POST {V1}runs/resume-failed/": Call({}, resumable),
    f"POST {V1}calendars/": Call({"name": "Office"}),
    f"PATCH {V1}calendars/{{id}}/": Call({"name": "Shop"}),
    f"DELETE {V1}calendars/{{id}}/": Call({}, made("calendars", {"name": "Office"})),
    f"POST {V1}review-groups/": Call({"name": "Network"}),
    f"PATCH {V1}review-groups/{{id}}/": Call({"name": "Net"}),
    f"DELETE {V1}review-groups/{{id}}/": Call({}, made("review-groups", {"name": "Network"})),
    f"POST {V1}policies/": Call(policy),
    f"PATCH {V1}policies/{{id}}/": Call({"name": "Small changes"}),
    f"DELETE {V1}policies/{{id}}/": Call({}, made("policies", policy)),
    f"POST {V1}delegations/": Call(absence),
    f"POST {V1}operations/": Call(reconfigured),
    f"POST {V1}server-orders/": Call({"hostname": "c.example.org", "cpu": 1, "ram": 1024, "disk": 10}),
    f"POST {V1}scopes/": Call({"name": "West"}),
    f"PATCH {V1}scopes/{{id}}/": Call({"name": "East"}),
    f"POST {V1}tasks/{{id}}/comments/": Call({"message": "Hm."}),
    f"POST {V1}tasks/{{id}}/questions/": Call({"message": "Why?"}),
    f"POST {V1}tasks/{{id}}/reassign/": Call(lambda stage: {"to_users": [stage.admin.pk]}),
    f"POST {V1}tasks/{{id}}/acknowledge/": Call({}, failed),
    f"POST {V1}tasks/bulk/": Call(
        lambda stage: {"decision": "cancel", "tasks": [stage.estate.ids["/tasks/"]]}
    ),
    f"POST {V1}tenants/": Call({"name": "New", "slug": "new"}),
    f"PATCH {V1}tenants/{{id}}/": Call({"name": "Renamed"}),
    f"DELETE {V1}tenants/{{id}}/": Call(
        {}, lambda stage: Tenant.objects.create(name="Empty", slug="empty").pk
    ),
    f"POST {V1}tokens/": Call({"name": "two", "scopes": ["view"]}),
    f"POST {V1}users/": Call({"name": "New", "email": "new@acme.example", "role": "viewer"}),
    f"PATCH {V1}users/{{id}}/": Call({"name": "Renamed"}),
    f"DELETE {V1}users/{{id}}/": Call(
        {}, lambda stage: make_user("gone@acme.example", Role.viewer, stage.tenant).pk
    ),
    f"POST {V1}users/{{id}}/reset-password/": Call(
        {}, lambda stage: make_user("lost@acme.example", Role.viewer, stage.tenant).pk
    ),
    **{f"POST {V1}inventory/{table.route}/": new_row(table.route) for table in TABLES},
    **{f"PATCH {V1}inventory/{route}/{{id}}/": Call(change) for route, change in CHANGE.items()},
    f"PATCH {V1}inventory/servers/{{id}}/": Call(CHANGE["servers"], not_held),
    f"DELETE {V1}inventory/servers/{{id}}/": Call({}, not_held),
}
