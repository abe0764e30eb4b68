"""Secret columns never show their value: not in the rows of enrichers, the payloads of events, samples or the API."""

from typing import Any

import pytest

from accounts.models import User
from common.redact import MASK
from flows.sdk.testing import FakeContext, run_node
from inventory.columns import Table
from inventory.event_types import EVENT_TYPES
from inventory.nodes.default_enricher import DefaultEnricher
from inventory.services import payloads
from inventory.tables import BY_KEY, JOINABLE, USER

SECRETS = {"password", "confirmationToken"}


def masked(fields: dict[str, Any]) -> set[str]:
    return {name for name, shape in fields.items() if shape.is_masked}


def test_the_secret_columns_are_marked_wherever_they_stand() -> None:
    for table in BY_KEY.values():
        assert {column.name for column in table.columns if column.shape.is_masked} == (
            SECRETS if table is USER else set()
        )
    for event_type in EVENT_TYPES:
        is_account = set(event_type.shape.fields) >= SECRETS
        assert masked(dict(event_type.shape.fields)) == (SECRETS if is_account else set())
        assert all(event_type.sample[name] == MASK for name in SECRETS if is_account)


@pytest.mark.django_db
def test_a_joined_user_and_a_payload_show_the_mask_for_each_of_them(customer: User) -> None:
    User.objects.update(password="pbkdf2$hash", confirmation_token="t0ken")
    customer.refresh_from_db()
    joins: list[tuple[Any, str]] = [(customer.pk, "id"), (customer.email, "email"), ([customer.pk], "id")]
    for value, join in joins:
        config = {"table": "user", "input_field": "key", "join_field": join, "as_field": "found"}
        context = FakeContext(tenant_id=customer.tenant_id)
        record = run_node(DefaultEnricher, config, {"key": value}, context=context).record  # type: ignore[union-attr]
        rows = record["found"] if isinstance(value, list) else [record["found"]]
        assert [(row["password"], row["confirmationToken"]) for row in rows] == [(MASK, MASK)]
    payload = payloads.user_payload(customer)
    assert {payload[name] for name in SECRETS} == {MASK}
    assert "hash" not in str(payload)


@pytest.mark.parametrize("table", JOINABLE, ids=lambda table: table.key)
def test_no_secret_column_can_be_joined_or_narrowed_by(table: Table) -> None:
    assert not [
        column.name for column in (*table.join_columns, *table.plain_columns) if column.shape.is_masked
    ]
