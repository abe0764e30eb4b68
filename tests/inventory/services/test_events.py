"""Event types, and the events that do not come from servers or balances."""

import pytest

from accounts.actors import Actor
from accounts.models import User
from accounts.signals import user_registered, user_signed_in, user_updated
from common.problems import Problem
from common.redact import MASK
from flows.sdk import Shape, event_types
from inventory.event_types import EVENT_TYPES
from inventory.services.event_log import writer
from tests.inventory.conftest import Emitted

WANTED = {
    "server.created",
    "server.start",
    "server.stop",
    "server.restart",
    "account.updated",
    "account.registered",
    "account.login",
    "account.balance_added",
    "account.balance_removed",
    "eventlog.created",
}
SERVER_FIELDS = [
    "id",
    "vmid",
    "userid",
    "hostname",
    "cpu",
    "ram",
    "disk",
    "os",
    "ip",
    "ip6",
    "node",
    "createdAt",
    "deletedAt",
    "nextPayment",
    "paymentReminderSent",
    "packageId",
    "status",
    "cancelledAt",
    "charges",
]
USER_FIELDS = ["id", "name", "email", "password", "register", "permission", "confirmationToken"]


def test_all_events_of_the_platform_are_registered() -> None:
    assert {event_type.name for event_type in EVENT_TYPES} == WANTED
    assert set(event_types) >= WANTED


@pytest.mark.parametrize("event_type", EVENT_TYPES, ids=lambda event_type: event_type.name)
def test_every_sample_fits_its_shape(event_type: object) -> None:
    shape, sample = event_type.shape, event_type.sample  # type: ignore[attr-defined]
    assert list(shape.fields) == list(sample)
    for name, field in shape.fields.items():
        if sample[name] is not None and field.type != "array":
            assert Shape.from_example(sample[name]).type in (field.type, "integer"), name


def test_payloads_have_the_fields_of_the_event_system() -> None:
    fields = {name: list(event_types.get(name).shape.fields) for name in WANTED}  # type: ignore[union-attr]
    assert fields["server.start"] == SERVER_FIELDS
    assert fields["account.login"] == USER_FIELDS
    assert fields["account.balance_added"] == ["id", "userid", "balance"]
    assert fields["eventlog.created"] == ["level", "message", "rawMessage"]
    charges = event_types.get("server.start").shape.fields["charges"]  # type: ignore[union-attr]
    assert charges.items is not None
    assert list(charges.items.fields) == ["id", "serverId", "amount", "description", "serverType"]


@pytest.mark.parametrize(
    ("signal", "name"),
    [
        (user_registered, "account.registered"),
        (user_updated, "account.updated"),
        (user_signed_in, "account.login"),
    ],
)
def test_what_happens_to_users_becomes_events_without_their_secrets(
    signal: object, name: str, customer: User, system: Actor, emitted: Emitted
) -> None:
    customer.confirmation_token = "t0ken"
    signal.send(sender=User, user=customer, actor=system)  # type: ignore[attr-defined]
    fired, payload, tenant_id = emitted[0]
    assert (fired, tenant_id) == (name, customer.tenant_id)
    assert list(payload) == USER_FIELDS
    assert (payload["password"], payload["confirmationToken"]) == (MASK, MASK)


def test_a_line_of_the_event_log_fires_and_stays(system: Actor, emitted: Emitted) -> None:
    entry = writer.create(
        actor=system, values={"level": 2, "message": "Disk is filling up", "raw_message": "disk.90"}
    )
    assert emitted == [
        (
            "eventlog.created",
            {"level": 2, "message": "Disk is filling up", "rawMessage": "disk.90"},
            system.tenant_id,
        )
    ]
    with pytest.raises(Problem) as refused:
        writer.update(entry, actor=system, values={"level": 1})
    assert refused.value.code == "not_changeable"
