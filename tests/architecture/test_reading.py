"""Looking changes nothing: no GET writes to the database."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import get_resolver

from accounts.models import Tenant, User
from flows.models import Flow, Hook
from tests.support.estate import Estate, estate_of
from tests.support.routes import routes

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.usefixtures("encryption_key")]

TOUCHED: dict[str, set[str]] = {
    "django_session": {"*"},  # a sign-in lives longer while it is used
    "accounts_session": {"last_seen_at"},
    "accounts_apitoken": {"last_used_at"},
    "accounts_user": {"last_login", "last_seen_at"},
}
"""Columns that say when someone was there last."""

WRITE = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE)", re.IGNORECASE)


def snapshot() -> dict[str, Any]:
    """Every row of every table, as far as looking may not change it."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            left_out = TOUCHED.get(table, set())
            columns = [
                column.name
                for column in connection.introspection.get_table_description(cursor, table)
                if column.name not in left_out and "*" not in left_out
            ]
            if columns:
                names = ", ".join(connection.ops.quote_name(name) for name in columns)
                cursor.execute(f"SELECT {names} FROM {connection.ops.quote_name(table)}")
                found[table] = hash(tuple(sorted(map(repr, cursor.fetchall()))))
    return found


@pytest.fixture
def acme(tenant: Tenant, tenant_admin: User, viewer: User) -> Estate:
    return estate_of(tenant, tenant_admin, viewer)


def addresses(acme: Estate, *, with_admin: bool) -> list[str]:
    paths = {route.path for route in routes(get_resolver())}
    own = [acme.address(path) for path in paths if not path.startswith("/admin/")]
    admins = [
        re.sub(r"<\w+>", "1", path) for path in paths if path.startswith("/admin/") and "logout" not in path
    ]
    return sorted({*own, *(admins if with_admin else ())})


@pytest.mark.timeout(300)
@pytest.mark.parametrize("role", ["platform_admin", "tenant_admin"])
def test_no_get_writes(acme: Estate, role: str, request: pytest.FixtureRequest) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(request.getfixturevalue(role))
    Hook.objects.all().delete()
    assert Flow.objects.exists()
    statements: list[str] = []

    def watched(execute: Any, sql: str, *args: Any) -> Any:
        if WRITE.match(sql):
            statements.append(sql[:200])
        return execute(sql, *args)

    written, before = {}, snapshot()
    for address in addresses(acme, with_admin=role == "platform_admin"):
        statements.clear()
        with connection.execute_wrapper(watched):
            client.get(address)
        if statements:
            written[address] = list(statements)
    after = snapshot()
    changed = [table for table in {*before, *after} if before.get(table) != after.get(table)]
    assert changed == [], written


def test_the_snapshot_sees_a_change(acme: Estate) -> None:
    before = snapshot()
    Flow.objects.update(description="Changed.")
    assert [table for table, rows in snapshot().items() if rows != before[table]] == ["flows_flow"]
