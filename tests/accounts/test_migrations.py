"""What the migrations make of rows that were there before."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.hashers import is_password_usable, make_password
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from accounts.models import User
from accounts.services.audit_checks import verify
from tests.accounts.services.test_audit_checks import unguarded
from tests.accounts.services.test_audit_sealing import seal

BEFORE = [("accounts", "0002_caught_mail_and_senders")]
UNSEALED = [("accounts", "0006_scopes")]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


def migrate(targets):
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps


@pytest.fixture
def newest() -> Iterator[None]:
    """Of a database with the tables of every app; what went back with this one comes again."""
    leaves = MigrationExecutor(connection).loader.graph.leaf_nodes()
    yield
    MigrationExecutor(connection).migrate(leaves)


@pytest.fixture
def own(empty_database: None) -> list[tuple[str, str]]:
    """The newest of this app alone: nothing of the others has to come and go with it."""
    return list(MigrationExecutor(connection).loader.graph.leaf_nodes("accounts"))


def test_who_had_no_role_is_a_customer_who_still_cannot_sign_in(own):
    old = migrate(BEFORE).get_model("accounts", "User")
    password = make_password("correct horse battery")
    old.objects.create(name="A", email="a@x.example", role=None, password=password)
    old.objects.create(name="B", email="b@x.example", role="viewer", password=password)
    new = migrate(own).get_model("accounts", "User")
    customer, viewer = new.objects.order_by("email")
    assert (customer.role, viewer.role) == ("customer", "viewer")
    assert not is_password_usable(customer.password)
    assert viewer.password == password
    assert customer.permissions == []


@pytest.mark.slow
def test_the_way_back_leaves_nobody_with_a_role_that_is_unknown_there(newest):
    User.objects.create(name="A", email="a@x.example", role="customer")
    User.objects.create(name="B", email="b@x.example", role="integration", permissions=["balances"])
    old = migrate(BEFORE).get_model("accounts", "User")
    assert list(old.objects.values_list("role", flat=True)) == [None, None]


def test_the_chain_begins_with_an_entry_over_the_rows_that_were_there(own):
    old = migrate(UNSEALED).get_model("accounts", "AuditEntry")
    for number in range(3):
        old.objects.create(actor_name="A", verb="updated", target="flow", target_id=str(number))
    new = migrate(own).get_model("accounts", "AuditEntry")
    opening = new.objects.latest("id")
    assert (opening.verb, opening.changes["entries"]) == ("opened", 3)
    seal()
    assert (verify().head.place, verify().problems) == (4, [])
    with unguarded(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE accounts_auditentry SET verb = 'made' WHERE id = {opening.pk - 1}")
    assert verify().problems[1:] == [f"What was there before the chain is not what entry {opening.pk} tells."]


def test_a_trail_without_rows_needs_no_such_entry(own):
    migrate(UNSEALED)
    assert not migrate(own).get_model("accounts", "AuditEntry").objects.exists()


def test_after_the_migrations_the_trail_is_guarded(own):
    """On SQLite a migration that rebuilds a table takes its triggers away."""
    migrate(UNSEALED)
    migrate(own)
    with connection.cursor() as cursor:
        of_postgres = connection.vendor == "postgresql"
        cursor.execute(
            "SELECT tgname FROM pg_trigger"
            if of_postgres
            else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        )
        found = {name for (name,) in cursor.fetchall()}
    ends = ("rows", "table") if of_postgres else ("update", "delete")
    tables = ("accounts_auditentry", "accounts_auditseal")
    assert {f"{table}_guard_{end}" for table in tables for end in ends} <= found
