"""Who may send events, against the rows of `tests/architecture/access.csv` that Django's router does not serve."""

import csv
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from accounts.actors import Actor
from accounts.models import User
from accounts.services import tokens
from flows.models import Event
from hookflow_site.asgi import application
from tests.architecture.test_access import CONNECTOR, ROLES, TABLE
from tests.flows.api.intake.bodies import event, raw
from tests.support.asgi import send

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]

WORDS = {202: "yes", 403: "no", 401: "401"}
People = dict[str, User | None]


@pytest.fixture
def people(  # one of each role
    platform_admin: User,
    tenant_admin: User,
    flow_editor: User,
    viewer: User,
    customer: User,
    manager: User,
    connector: User,
    integration: User,
    outsider_admin: User,
) -> People:
    """Who stands behind each column of the table."""
    return {
        "platform_admin": platform_admin,
        "tenant_admin": tenant_admin,
        "flow_editor": flow_editor,
        "viewer": viewer,
        "customer": customer,
        "manager": manager,
        "connector": connector,
        "integration": integration,
        "outsider": outsider_admin,
        "view_token": flow_editor,
        "anonymous": None,
    }


def headers_of(role: str, user: User | None) -> list[tuple[bytes, bytes]]:
    """The best token that the role can have: of those who make none, as if an editor had made it for them."""
    if user is None:
        return []
    scope = "view" if role == "view_token" else "send_events"
    makes_none = role in ("viewer", "customer", "manager", "integration")
    maker = Actor.of_user(
        User(pk=user.pk, tenant_id=user.tenant_id, role="flow_editor") if makes_none else user
    )
    if role == "connector":
        admin = Actor.of_user(User(pk=user.pk, role="platform_admin"))
        text = tokens.create(admin, name=role, scopes=CONNECTOR, user=user)[1]
    else:
        text = tokens.create(maker, name=role, scopes=[scope])[1]
    return [(b"authorization", f"Bearer {text}".encode())]


@pytest.mark.parametrize("role", ROLES)
async def test_the_table_holds_for_sent_events(people: People, role: str):
    headers = await sync_to_async(headers_of)(role, people[role])
    answer = await send(application, "POST", "/api/v1/events/", headers=headers, parts=[raw(event())])
    assert WORDS[answer.status] == row("/api/v1/events/")[role]
    assert await Event.objects.aexists() is (answer.status == 202)


@pytest.mark.parametrize("role", ROLES)
async def test_no_token_opens_a_webhook_that_is_not_there(people: People, role: str):
    headers = await sync_to_async(headers_of)(role, people[role])
    answer = await send(application, "POST", f"/hooks/{'k' * 43}/", headers=headers, parts=[b"{}"])
    assert answer.status == 404
    assert not await Event.objects.aexists()


def row(path: str) -> dict[str, Any]:
    with TABLE.open() as file:
        return next(one for one in csv.DictReader(file) if (one["method"], one["path"]) == ("POST", path))
