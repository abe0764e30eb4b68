"""Every event of the Event System, from what really happens to the run of a flow that listens to it."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.actors import Actor
from accounts.models import Tenant, User
from accounts.roles import Role
from accounts.services import users
from flows.models import Run
from inventory.models import Server
from inventory.services import event_log
from inventory.services.balances import add_balance, remove_balance
from inventory.services.servers import create_server, set_status
from tests.conftest import make_user
from tests.support.flows import line, published, run_to_rest

pytestmark = pytest.mark.django_db(transaction=True)
Happening = Callable[[Actor, Server], Any]


def _sign_in(admin: Actor, server: Server) -> None:
    person = make_user("sign-in@acme.example", Role.customer, server.tenant)
    person.set_password("a-long-password-1")
    person.save()
    answer = Client().post("/sign-in/", {"email": person.email, "password": "a-long-password-1"})
    assert answer.status_code == 302


def _register(admin: Actor, server: Server) -> None:
    users.create(admin, {"name": "New", "email": "new@acme.example", "tenant": server.tenant, "role": None})


HAPPENINGS: dict[str, tuple[Happening, str]] = {
    "server.created": (
        lambda actor, server: create_server(actor=actor, user=server.user, vmid=200, hostname="new.example"),
        "hostname",
    ),
    "server.start": (lambda actor, server: set_status(server, "starting", actor=actor), "hostname"),
    "server.stop": (lambda actor, server: set_status(server, "stopping", actor=actor), "hostname"),
    "server.restart": (lambda actor, server: set_status(server, "restarting", actor=actor), "hostname"),
    "account.updated": (lambda actor, server: users.update(actor, server.user, {"name": "Grace H."}), "name"),
    "account.registered": (_register, "name"),
    "account.login": (_sign_in, "email"),
    "account.balance_added": (
        lambda actor, server: add_balance(server.user, Decimal(5), actor=Actor.system(server.tenant_id)),
        "balance",
    ),
    "account.balance_removed": (
        lambda actor, server: remove_balance(server.user, Decimal(5), actor=Actor.system(server.tenant_id)),
        "balance",
    ),
    "eventlog.created": (
        lambda actor, server: event_log.writer.create(
            actor=actor, values={"level": 3, "message": "Disk full", "tenant_id": server.tenant_id}
        ),
        "message",
    ),
}


@pytest.mark.parametrize("event", HAPPENINGS)
def test_what_happens_starts_the_flow_of_its_event(
    event: str, tenant: Tenant, tenant_admin: User, server: Server
) -> None:
    happen, field = HAPPENINGS[event]
    Server.objects.update(status="online" if event in ("server.stop", "server.restart") else "offline")
    server.refresh_from_db()
    told = {"as_field": "told", "value": f"{{{{ {field} }}}}"}
    published(line(("t", "event", {"event": event}), ("told", "add-field", told)))
    happen(Actor.of_user(tenant_admin), server)
    run = run_to_rest(Run.objects.get())
    assert (run.status, run.error, run.tenant_id) == ("succeeded", None, tenant.pk)


def test_server_start_is_not_fired_by_an_order(tenant_admin: User, server: Server) -> None:
    published(
        line(("t", "event", {"event": "server.start"}), ("n", "add-field", {"as_field": "a", "value": 1}))
    )
    actor = Actor.of_user(tenant_admin)
    for number, status in enumerate(Server.Status.values):
        create_server(
            actor=actor, user=server.user, vmid=300 + number, hostname=f"n{number}.example", status=status
        )
    assert not Run.objects.exists()
