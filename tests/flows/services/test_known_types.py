"""The catalogue of event types."""

from datetime import UTC, datetime

import pytest

from accounts.actors import Actor
from accounts.models import Tenant, User
from common.problems import Problem
from flows.models import EventTypeDefinition
from flows.services.known_types import event_type_for, list_event_types

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def defined(name: str, tenant: Tenant | None, label: str) -> EventTypeDefinition:
    return EventTypeDefinition.objects.create(
        tenant=tenant,
        name=name,
        label=label,
        schema={"type": "object", "properties": {"id": {"type": "integer"}}},
        sample={"id": 1},
        created_at=NOW,
        updated_at=NOW,
    )


def test_a_tenants_own_type_goes_before_the_platforms(tenant: Tenant, viewer: User) -> None:
    defined("order.paid", tenant, "Ours")
    defined("order.paid", None, "Theirs")
    found = event_type_for(Actor.of_user(viewer), "order.paid")
    assert found.label == "Ours"
    assert [path for path, _ in found.fields] == ["id"]


def test_types_of_other_tenants_are_unknown(viewer: User, other_tenant: Tenant) -> None:
    defined("secret.thing", other_tenant, "Secret")
    with pytest.raises(Problem) as refused:
        event_type_for(Actor.of_user(viewer), "secret.thing")
    assert refused.value.status == 404


def test_types_that_come_with_the_program_are_listed_first(viewer: User, tenant: Tenant) -> None:
    defined("a.first", tenant, "A")
    kinds = list_event_types(Actor.of_user(viewer))
    assert kinds[0].is_builtin
    assert not kinds[-1].is_builtin
