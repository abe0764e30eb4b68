"""Every page, list and admin page with every parameter that it knows and values that no person types: never a 500."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
import yaml
from django.contrib import admin
from django.db import connection
from django.http import HttpResponse, QueryDict
from django.test import Client
from django.urls import get_resolver

from accounts.models import AuditEntry, Tenant
from accounts.roles import Role
from tests.accounts.services.test_audit_checks import unguarded
from tests.conftest import make_user
from tests.support.estate import Estate, estate_of, unknown
from tests.support.routes import Route, routes
from tests.support.site import ROOT

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

VALUES = (
    "²",
    "٣",
    "-1",
    "1e999",
    "99999999999999999999999999",
    "9" * 5000,
    "0001-01-01",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "a\x00b",
    "[",
    "'\"%_\\",
    "\u202e",
    "00000000-0000-0000-0000-000000000000",
)
RAW = ("%ff%fe", "%ED%A0%80", "%00")
"""As they stand in the address."""


@pytest.fixture(scope="module")
def estate(kept: None) -> Estate:
    acme = Tenant.objects.create(name="Acme", slug="acme")
    admin = make_user("admin@acme.example", Role.tenant_admin, acme)
    made = estate_of(acme, admin, make_user("viewer@acme.example", Role.viewer, acme))
    shorten_trail(made.ids["/audit/"])
    return made


def shorten_trail(entry: str) -> None:
    """A few lines of each kind of page are enough: the trail's would be drawn hundreds of times."""
    kept = [int(entry), *AuditEntry.objects.order_by("-pk").values_list("pk", flat=True)[:10]]
    with unguarded(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM accounts_auditentry WHERE id NOT IN ({', '.join(map(str, kept))})")


@pytest.fixture(scope="module")
def ask(kept: None) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(make_user("root@example.org", Role.platform_admin, None))
    return client


def no_fault(answer: HttpResponse, address: str) -> None:
    assert answer.status_code < 500 or answer.status_code == 503, address


def address_of(estate: Estate, path: str) -> str:
    """With the tenant's ids where it has some."""
    try:
        return estate.address(path)
    except ValueError:
        return unknown(path)


def pages() -> Iterator[Route]:
    for route in routes(get_resolver()):
        if not route.path.startswith(("/admin/", "/api/v1/")):
            yield route


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The names that views read from the address."""
    names: set[str] = set()

    def noted(method: str) -> Any:
        plain = getattr(QueryDict, method)

        def call(self: QueryDict, name: str, *args: Any) -> Any:
            names.add(name)
            return plain(self, name, *args)

        return call

    for method in ("get", "getlist", "__getitem__", "__contains__"):
        monkeypatch.setattr(QueryDict, method, noted(method))
    return names


def queries(names: set[str]) -> Iterator[str]:
    for name in sorted(names):
        for value in (*(quote(value) for value in VALUES), *RAW):
            yield f"{name}={value}"


SHARES = 2


@pytest.mark.timeout(240)
@pytest.mark.parametrize("share", range(SHARES))
def test_pages(estate: Estate, ask: Client, read: set[str], share: int) -> None:
    asked = 0
    for route in list(pages())[share::SHARES]:
        address = address_of(estate, route.path)
        read.clear()
        if ask.get(address).status_code != 200:
            continue
        tried: set[str] = set()
        while names := read - tried:  # some are read only beside others
            tried |= names
            for query in queries(names):
                no_fault(ask.get(f"{address}?{query}"), f"{address}?{query}")
                asked += 1
    assert asked > 1000 / SHARES


def test_api(estate: Estate, ask: Client) -> None:
    document = yaml.load((ROOT / "docs" / "openapi.yaml").read_text(), Loader=yaml.CSafeLoader)
    asked = 0
    for path, operations in document["paths"].items():
        found = operations.get("get")
        declared = {one["name"] for one in (found or {}).get("parameters", []) if one.get("in") == "query"}
        address = address_of(estate, re.sub(r"{(\w+)}", r"<\1>", path))
        for query in queries(declared):
            no_fault(ask.get(f"{address}?{query}"), f"{address}?{query}")
            asked += 1
    assert asked > 1000


ADMIN_NAMES = ("o", "p", "e", "q", "all", "_facets", "_popup", "_to_field", "_changelist_filters")
LOOK_UPS = ("__regex", "__year")


@pytest.mark.parametrize("model", list(admin.site._registry), ids=lambda model: model._meta.label_lower)
def test_admin(estate: Estate, ask: Client, model: type) -> None:
    meta = model._meta  # type: ignore[attr-defined]
    address = f"/admin/{meta.app_label}/{meta.model_name}/"
    assert ask.get(address).status_code == 200
    shown = [f"{one}{end}" for one in map(str, admin.site._registry[model].list_filter) for end in ENDINGS]
    fields = [*shown] + [f"{field.name}{look}" for field in meta.get_fields() for look in LOOK_UPS]
    for place, name in enumerate((*ADMIN_NAMES, *fields)):
        values = ("²", "[", "0001-01-01", "9" * 30, "%00", "%ff", "1")
        for value in values[place % 2 :: 2] if name in (*ADMIN_NAMES, *shown) else (values[place % 7],):
            no_fault(ask.get(f"{address}?{name}={value}"), f"{address}?{name}={value}")


ENDINGS = ("", "__exact", "__isnull", "__id__exact", "__gte")
SECRETS = ("password", "hash", "token_hash", "secret", "user__password", "tenant__user__password", "email")


@pytest.mark.parametrize("model", list(admin.site._registry), ids=lambda model: model._meta.label_lower)
def test_admin_tells_nothing_that_its_filters_do_not_show(estate: Estate, ask: Client, model: type) -> None:
    meta = model._meta  # type: ignore[attr-defined]
    shown = {str(one) for one in admin.site._registry[model].list_filter}
    names = {field.name for field in meta.get_fields() if field.concrete} | set(SECRETS)
    for name in names - shown:
        for look in ("__startswith", "__regex", ""):
            address = f"/admin/{meta.app_label}/{meta.model_name}/?{name}{look}=1"
            assert ask.get(address).status_code == 400, address


@pytest.mark.parametrize(
    "value", ["²", "٣", "9" * 30, "-1", "%00", "%ff", "%2e%2e", "a" * 3000, "_5F", "%E2%80%AE"]
)
def test_addresses(estate: Estate, ask: Client, value: str) -> None:
    for route in routes(get_resolver()):
        if "<" in route.path and "^" not in route.path:
            address = re.sub(r"<\w+>", value, route.path)
            no_fault(ask.get(address), address)
    for model in admin.site._registry:
        for ending in ("change", "delete", "history"):
            address = f"/admin/{model._meta.app_label}/{model._meta.model_name}/{value}/{ending}/"
            no_fault(ask.get(address), address)
