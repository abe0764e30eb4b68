"""What the migrations make of rows that were there before."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.hashers import is_password_usable, make_password
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

BEFORE = [("accounts", "0002_caught_mail_and_senders")]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


def migrate(targets):
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps


@pytest.fixture
def newest() -> Iterator[list[tuple[str, str]]]:
    leaves = MigrationExecutor(connection).loader.graph.leaf_nodes()  # other apps went back with this one
    yield leaves
    migrate(leaves)


def test_who_had_no_role_is_a_customer_who_still_cannot_sign_in(newest):
    old = migrate(BEFORE).get_model("accounts", "User")
    password = make_password("correct horse battery")
    old.objects.create(name="A", email="a@x.example", role=None, password=password)
    old.objects.create(name="B", email="b@x.example", role="viewer", password=password)
    new = migrate(newest).get_model("accounts", "User")
    customer, viewer = new.objects.order_by("email")
    assert (customer.role, viewer.role) == ("customer", "viewer")
    assert not is_password_usable(customer.password)
    assert viewer.password == password
    assert customer.permissions == []


def test_the_way_back_leaves_nobody_with_a_role_that_is_unknown_there(newest):
    new = migrate(newest).get_model("accounts", "User")
    new.objects.create(name="A", email="a@x.example", role="customer")
    new.objects.create(name="B", email="b@x.example", role="integration", permissions=["balances"])
    old = migrate(BEFORE).get_model("accounts", "User")
    assert list(old.objects.values_list("role", flat=True)) == [None, None]
