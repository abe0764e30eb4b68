"""Default enricher."""

from typing import Any

import pytest
from pydantic import ValidationError

from accounts.models import Tenant, User
from common.redact import MASK
from flows.sdk import Json, NodeError, Shape
from flows.sdk.testing import FakeContext, configured, run_node
from inventory.models import Balance, IPv4Address, IPv4Range, Package, Server
from inventory.nodes.default_enricher import DefaultEnricher

SEED = {
    "server": "id vmid userid hostname cpu ram disk os ip ip6 node createdAt deletedAt nextPayment "
    "paymentReminderSent packageId status cancelledAt",
    "user": "id username email password register permission confirmationToken",
    "balance": "id userid balance",
    "charges": "id price type calcType calcOnly osid recurring description active",
    "packages": "id name price cpu ram disk meta type templateId",
    "templates": "id vmid displayName defaultUser defaultDrive minDisk minCpu minRAM disabled",
    "ipv4_addresses": "id ip fk_ipam mac in_use",
    "ipv4_ranges": "id start end subnet gateway scope nodes createdAt userId",
    "ipv6_addresses": "id ip fk_ipam mac in_use",
    "ipv6_ranges": "id network prefix target gateway scope nodes createdAt userId",
}
UPSTREAM = Shape.object(
    {"userid": Shape.integer(), "charges": Shape.array(Shape.object({"id": Shape.integer()}))}
)


def config(**given: Any) -> dict[str, Any]:
    return {"table": "user", "input_field": "userid", "join_field": "id", "as_field": "found", **given}


def found(tenant_id: int | None, record: dict[str, Any], **given: Any) -> Json:
    context = FakeContext(tenant_id=tenant_id)
    return run_node(DefaultEnricher, config(**given), record, context=context).record["found"]  # type: ignore[union-attr]


def code_of(tenant_id: int, record: dict[str, Any], **given: Any) -> tuple[str, str | None]:
    with pytest.raises(NodeError) as failed:
        found(tenant_id, record, **given)
    return failed.value.code, failed.value.field


def shape_of(**given: Any) -> Shape:
    drawn = configured(DefaultEnricher, config(**given))
    shape = DefaultEnricher().fields(drawn, UPSTREAM)["out"].at("found")
    assert shape is not None
    return shape


@pytest.mark.parametrize("table", SEED)
def test_every_table_gives_the_columns_of_the_event_system(table: str) -> None:
    assert list(shape_of(table=table).fields) == SEED[table].split()


@pytest.mark.parametrize("table", SEED)
def test_every_table_can_be_queried(table: str, server: Server) -> None:
    assert found(server.tenant_id, {"userid": 10**9}, table=table) is None


def test_a_unique_column_gives_an_object_with_its_secrets_masked(customer: User) -> None:
    owner = found(customer.tenant_id, {"userid": customer.pk})
    assert owner == {
        "id": customer.pk,
        "username": "grace",
        "email": "grace@acme.example",
        "password": MASK,
        "register": owner["register"],
        "permission": 1,
        "confirmationToken": MASK,
    }
    assert owner["register"].endswith("Z")


def test_no_row_gives_null(tenant: Tenant) -> None:
    assert found(tenant.pk, {"userid": 4711}) is None


def test_null_joins_nothing(server: Server) -> None:
    assert found(server.tenant_id, {"userid": None}, table="server", join_field="packageId") is None


def test_one_row_of_a_common_column_is_an_object_and_several_are_a_list(
    server: Server, customer: User
) -> None:
    record = {"userid": customer.pk}
    given = {"table": "server", "join_field": "userid"}
    assert found(server.tenant_id, record, **given)["hostname"] == "web-1.example.org"
    Server.objects.create(tenant=server.tenant, user=customer, vmid=101, hostname="web-2.example.org")
    names = [row["hostname"] for row in found(server.tenant_id, record, **given)]
    assert names == ["web-1.example.org", "web-2.example.org"]


def test_a_list_of_values_gives_a_list(customer: User, viewer: User) -> None:
    record = {"userid": [{"of": customer.pk}, {"of": viewer.pk}, {}]}
    rows = found(customer.tenant_id, record, input_field="userid.of")
    assert [row["username"] for row in rows] == ["grace", "viewer"]
    assert found(customer.tenant_id, {"userid": [customer.pk]})[0]["id"] == customer.pk


def test_another_tenants_rows_are_out_of_reach(tenant: Tenant, other_customer: User) -> None:
    assert found(tenant.pk, {"userid": other_customer.pk}) is None
    assert found(None, {"userid": other_customer.pk})["id"] == other_customer.pk


def test_the_platforms_packages_are_there_for_all_and_its_addresses_are_not(
    tenant: Tenant, pool: IPv4Range
) -> None:
    package = Package.objects.create(name="S", price="4.99")
    free = IPv4Address.objects.create(range=pool, ip="192.0.2.3")
    assert found(tenant.pk, {"userid": package.pk}, table="packages")["price"] == 4.99
    assert found(tenant.pk, {"userid": pool.pk}, table="ipv4_ranges")["end"] == "192.0.2.15"
    assert found(tenant.pk, {"userid": free.pk}, table="ipv4_addresses") is None


@pytest.mark.parametrize("value", ["7", 7, 7.0])
def test_a_number_as_text_finds_the_number(customer: User, value: Json) -> None:
    Balance.objects.create(user=customer, balance="12.5")
    User.objects.filter(pk=customer.pk)
    record = {"userid": type(value)(customer.pk)}
    row = found(customer.tenant_id, record, table="balance", join_field="userid")
    assert row["balance"] == 12.5


@pytest.mark.parametrize("value", ["x", True, {"a": 1}, [[1]], 10**30])
def test_a_value_that_the_column_cannot_hold_fails(customer: User, value: Json) -> None:
    record = {"userid": value}
    assert code_of(int(customer.tenant_id or 0), record) == ("bad_join_value", "input_field")


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("balance", "balance", "NaN"),
        ("balance", "balance", "Infinity"),
        ("user", "username", "a\0b"),
        ("user", "register", "yesterday"),
        ("ipv4_addresses", "ip", "not an address"),
        ("ipv6_addresses", "ip", "::g"),
        ("charges", "active", "perhaps"),
    ],
)
def test_a_text_that_the_column_cannot_hold_fails(
    tenant: Tenant, table: str, column: str, value: str
) -> None:
    failed = code_of(tenant.pk, {"userid": value}, table=table, join_field=column)
    assert failed == ("bad_join_value", "input_field")


@pytest.mark.parametrize("column", ["password", "confirmationToken"])
def test_a_secret_cannot_be_joined_on(customer: User, column: str) -> None:
    assert code_of(int(customer.tenant_id or 0), {"userid": MASK}, join_field=column)[0] == "masked_column"
    drawn = configured(DefaultEnricher, config(join_field=column))
    ((field, message, hint),) = DefaultEnricher().check(drawn, UPSTREAM)
    assert field == "join_field"
    assert "secret" in message
    assert "email" in hint


@pytest.mark.parametrize("column", ["user__password", "note", "tenant", "", "__class__", "role"])
def test_a_column_that_is_not_listed_does_not_exist(tenant: Tenant, column: str) -> None:
    assert code_of(tenant.pk, {"userid": 1}, join_field=column)[0] == "unknown_column"


def test_a_missing_field_is_named_with_what_there_is(tenant: Tenant) -> None:
    with pytest.raises(NodeError, match=r"no field 'userid'. It has: id, name"):
        found(tenant.pk, {"id": 1, "name": "x"})


def test_too_many_rows_fail(monkeypatch: pytest.MonkeyPatch, server: Server, customer: User) -> None:
    monkeypatch.setattr("inventory.nodes.default_enricher.MAX_JOINED", 1)
    Server.objects.create(tenant=server.tenant, user=customer, vmid=101, hostname="b")
    failed = code_of(int(server.tenant_id or 0), {"userid": customer.pk}, table="server", join_field="userid")
    assert failed[0] == "too_many_rows"


def test_an_unknown_table_is_refused() -> None:
    with pytest.raises(ValidationError):
        configured(DefaultEnricher, config(table="auth_user"))


def test_the_shape_says_object_list_or_open() -> None:
    assert not shape_of().is_open
    assert shape_of(table="server", join_field="userid").is_open
    assert shape_of(input_field="charges.id").type == "array"
    assert shape_of().at("password").is_masked  # type: ignore[union-attr]
