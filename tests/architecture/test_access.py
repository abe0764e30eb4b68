"""Who may do what: every route, method and role against the checked-in table `access.csv`.

A cell says what the role gets for something of the tenant Acme, of which the customer is the owner where things have
one: `yes` (it passes; the body may still be wrong), `no` (403), `404` (not in reach), `401`, `sign-in` (sent there),
`not-asked` (403 for a task that the role can see and is not asked about; others of another tenant are 404).
What is not in the table is 405 for everyone. `<table>` stands for each table of the inventory without rows of its own.
"""

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver

from accounts.actors import Actor
from accounts.models import Scope, Tenant, User
from accounts.roles import PERMISSIONS, Role
from accounts.services import tokens
from approvals.original.auth import session_tokens
from common.mailbox import MAILBOX_URL
from flows.services import errands
from hookflow_site.plugin_apps import says_who_may
from inventory.tables import TABLES
from tests.conftest import make_user
from tests.support.estate import Estate, estate_of, unknown
from tests.support.routes import routes

TABLE = Path(__file__).with_name("access.csv")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ROLES = (
    "platform_admin",
    "tenant_admin",
    "flow_editor",
    "viewer",
    "customer",
    "manager",
    "connector",
    "integration",
    "outsider",
    "view_token",
    "anonymous",
)
OF_TENANT = ("tenant_admin", "flow_editor", "viewer", "customer")
TOKENS = ("connector", "integration", "view_token")
CONNECTOR = sorted(PERMISSIONS[Role.connector])
OF_ORIGINAL = re.compile(r"/api/(?!v1/|docs/)")
"""Doors of their own, at which the session of the pages counts for nothing."""
OF_ALL = re.compile(r"<(token|property_id|privilege_id|role_id)>")
"""Parameters that name nothing of a tenant's."""
BESIDE_DJANGO = {("POST", "/api/v1/events/"), ("POST", "/hooks/<key>/")}
Ask = Callable[[str, str, str], HttpResponse]

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def table() -> dict[tuple[str, str], dict[str, str]]:
    with TABLE.open() as file:
        rows = {(row.pop("method"), row.pop("path")): row for row in csv.DictReader(file)}
    named = {path.split("/")[4] for _, path in rows if path.startswith("/api/v1/inventory/")}
    plain = [known.route for known in TABLES if known.route not in named]
    return {
        (method, path.replace("<table>", route)): row
        for (method, path), row in rows.items()
        for route in (plain if "<table>" in path else [""])
    }


def paths() -> list[str]:
    own = (
        route.path for route in routes(get_resolver()) if not route.path.startswith(("/admin/", "/plugins/"))
    )
    return sorted(set(own))


@pytest.fixture(autouse=True)
def mailbox(settings: LazySettings) -> None:
    """Mails are caught: where they are sent, there are no pages of the mailbox."""
    settings.EMAIL_URL = MAILBOX_URL


@dataclass(frozen=True)
class House:
    """Two tenants with one of everything each, and a person or token of each role; all but the outsider of Acme."""

    acme: Estate
    umbrella: Estate
    users: dict[str, User]
    bearers: dict[str, str]
    sessions: dict[str, str]
    cookies: dict[str, str]


@pytest.fixture(scope="module")
def house(kept: None) -> House:
    acme, umbrella = (Tenant.objects.create(name=name, slug=name.lower()) for name in ("Acme", "Umbrella"))
    scope = Scope.objects.create(name="East")
    scope.tenants.add(acme)
    users = {role: make_user(f"{role}@acme.example", Role[role], acme) for role in OF_TENANT}
    users["platform_admin"] = make_user("root@example.org", Role.platform_admin, None)
    users["manager"] = make_user("manager@east.example", Role.manager, None, scope=scope)
    users["outsider"] = outsider = make_user("admin@umbrella.example", Role.tenant_admin, umbrella)
    connector = make_user("connector@east.example", Role.connector, None, scope=scope)
    billing = make_user("billing@acme.example", Role.integration, acme)
    billing.permissions = ["send_events", "view_inventory", "balances"]
    billing.set_unusable_password()
    billing.save()
    admin, editor = users["tenant_admin"], users["flow_editor"]
    return House(
        estate_of(acme, admin, users["customer"]),
        estate_of(umbrella, outsider, outsider),
        users,
        bearers={
            "view_token": bearer(editor, editor, ["view"]),
            "connector": bearer(users["platform_admin"], connector, CONNECTOR),
            "integration": bearer(admin, billing, billing.permissions),
        },
        sessions={role: session_tokens.made(Actor.of_user(user)) for role, user in users.items()},
        cookies={role: cookie_of(user) for role, user in users.items()},
    )


@pytest.fixture(scope="module")
def acme(house: House) -> Estate:
    return house.acme


@pytest.fixture(scope="module")
def umbrella(house: House) -> Estate:
    return house.umbrella


def bearer(maker: User, owner: User, scopes: list[str]) -> str:
    return tokens.create(Actor.of_user(maker), name="token", scopes=scopes, user=owner)[1]


def cookie_of(user: User) -> str:
    person = Client()
    person.force_login(user)
    return person.cookies.output(header="", sep=";")


@pytest.fixture(autouse=True)
def nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no worker here whose answer a page could wait for."""
    monkeypatch.setattr(errands.wait_for, "__defaults__", (0.0,))


@pytest.fixture(scope="module")
def ask(house: House) -> Ask:
    """`ask(role, method, address)`: what it changes is undone at once."""
    client = Client()  # one for all requests: each would load the whole middleware anew

    def send(role: str, method: str, address: str) -> HttpResponse:
        client.cookies = SimpleCookie(house.cookies.get(role, ""))
        headers = {"Authorization": f"Bearer {house.bearers[role]}"} if role in house.bearers else {}
        if role in house.sessions and OF_ORIGINAL.match(address):
            headers = {session_tokens.NAME: house.sessions[role]}
        is_json = address.startswith("/api/v1/") and method != "GET"
        body = {"data": b"{}", "content_type": "application/json"} if is_json else {}
        with transaction.atomic():
            answer: Any = client.generic(method, address, headers=headers, **body)
            transaction.set_rollback(True)
        return answer

    return send


def outcome(answer: HttpResponse) -> str:
    """The word of the table."""
    assert answer.status_code < 500, answer.content[:500]
    if answer.status_code == 302 and answer["Location"].startswith("/sign-in/"):
        return "sign-in"
    if answer.status_code == 403 and re.search(rb'"code": ?"(not_asked|four_eyes)"', answer.content):
        return "not-asked"
    return {401: "401", 403: "no", 404: "404", 405: "405"}.get(answer.status_code, "yes")


def same(answer: HttpResponse, address: str) -> tuple[int, str]:
    """What of an answer must be equal for foreign and unknown things: all but the address and one-time tokens."""
    text = answer.content.decode().replace(address, "")
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"|hx-headers=\'[^\']*\'', "", text)
    return answer.status_code, re.sub(r"nonce-[\w-]+|\"request_id\":\s*\"[\w-]+\"", "", text)


def test_the_table_has_each_row_once_and_whole():
    with TABLE.open() as file:
        lines = list(csv.reader(file))
    assert {len(line) for line in lines} == {len(ROLES) + 2}
    assert len({tuple(line[:2]) for line in lines}) == len(lines)


@pytest.fixture(scope="module")
def of_admin() -> dict[tuple[str, str], str]:
    """What the platform's admin got, by method and path: two tests ask for the same."""
    return {}


def test_every_route_has_its_rows_and_every_row_its_route(
    ask: Ask, acme: Estate, of_admin: dict[tuple[str, str], str]
):
    for path in paths():
        for method in METHODS:
            of_admin[method, path] = outcome(ask("platform_admin", method, acme.address(path)))
    known = table()
    served = {asked for asked, found in of_admin.items() if found != "405"} | BESIDE_DJANGO
    assert served - set(known) == set(), "New routes: say in access.csv who may use them."
    assert set(known) - served == set(), "Rows without a route: take them away."


@pytest.mark.parametrize("role", ROLES)
def test_the_table_holds(ask: Ask, acme: Estate, role: str, of_admin: dict[tuple[str, str], str]):
    wrong = {}
    asked = of_admin if role == "platform_admin" else {}
    for (method, path), row in table().items():
        if (method, path) in BESIDE_DJANGO:
            continue
        found = asked.get((method, path)) or outcome(ask(role, method, acme.address(path)))
        if found != row[role]:
            wrong[method, path] = f"{found}, not {row[role]}"
    assert wrong == {}


@pytest.mark.parametrize("role", ["tenant_admin", "flow_editor", "viewer", "customer", "manager", *TOKENS])
def test_foreign_and_unknown_things_look_the_same(ask: Ask, acme: Estate, umbrella: Estate, role: str):
    for (method, path), row in table().items():
        if not re.search(r"<(?!route)", path) or (method, path) in BESIDE_DJANGO or OF_ALL.search(path):
            continue
        here, nowhere = umbrella.address(path), unknown(path)
        foreign, nothing = ask(role, method, here), ask(role, method, nowhere)
        assert same(foreign, here) == same(nothing, nowhere), (method, path)
        expected = row[role] if row[role] in ("no", "401", "sign-in") else "404"
        assert outcome(foreign) == expected, (method, path)


def test_lists_hold_nothing_foreign(ask: Ask, acme: Estate, umbrella: Estate):
    marks = [umbrella.ids["/flows/"], umbrella.ids["/runs/"], umbrella.ids["/events/"], "umbrella"]
    for (method, path), row in table().items():
        if method == "GET" and "<" not in path and row["tenant_admin"] == "yes":
            answer = ask("tenant_admin", method, path)
            body = answer.getvalue() if answer.streaming else answer.content
            text = body.decode(errors="replace")
            assert not [mark for mark in marks if mark in text], path


def test_every_view_of_an_installed_package_says_who_may_use_it():
    found = [route for route in routes(get_resolver()) if route.path.startswith("/plugins/")]
    assert [route.path for route in found if not says_who_may(route.view)] == []


def test_only_the_platform_reaches_djangos_admin(ask: Ask):
    for route in routes(get_resolver()):
        if not route.path.startswith("/admin/") or route.path in ("/admin/login/", "/admin/logout/"):
            continue
        address = re.sub(r"<\w+>", "1", route.path)
        for role in ("tenant_admin", "viewer", "customer", "manager", "outsider", *TOKENS, "anonymous"):
            answer = ask(role, "GET", address)
            assert answer.status_code in (302, 403, 404), (role, address)
            if answer.status_code == 302:
                assert re.match(r"/(admin/login|sign-in|password|profile)/", answer["Location"]), address
