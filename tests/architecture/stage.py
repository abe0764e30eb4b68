"""What the calls of `mutations.py` find, and what happens before them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from rest_framework.test import APIClient

from accounts.actors import Actor
from accounts.models import Tenant, User
from accounts.roles import Role
from approvals.models import Task
from approvals.services.settings import set_workflow
from flows.models import Flow, Hook, QueueEntry, Run, Step
from flows.services.hooks import rotate_secret
from inventory.models import Tag
from inventory.services.tags import assign
from tests.conftest import make_user
from tests.flows.pages.conftest import furnished
from tests.inventory.api.test_tables import body_of
from tests.support.estate import Estate
from tests.support.flows import line
from tests.support.flows import published as drawn

V1 = "/api/v1/"


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


def with_endpoint(stage: Stage) -> None:
    """The workflow has a connector."""
    set_workflow(Actor.system(), endpoint="https://connector.example.org/callback")
