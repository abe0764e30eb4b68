"""Load tags."""

from typing import Any

import pytest

from accounts.actors import Actor
from accounts.models import Tenant, User
from flows.sdk import Json, NodeError, Shape
from flows.sdk.testing import FakeContext, configured, run_node
from inventory.models import (
    IPv4Address,
    IPv6Address,
    IPv6Range,
    Package,
    ResourceType,
    Server,
    Tag,
    Template,
    Ticket,
)
from inventory.nodes.load_tags import LoadTags
from inventory.services.tags import assign


def loaded(tenant_id: int | None, record: dict[str, Any], **config: Any) -> Json:
    return run_node(LoadTags, config, record, context=FakeContext(tenant_id=tenant_id)).record["tags"]  # type: ignore[union-attr]


@pytest.fixture
def tagged(server: Server, system: Actor) -> Server:
    for name in ("vip", "backup"):
        tag = Tag.objects.create(tenant=server.tenant, name=name)
        assign(tag, actor=system, resource_type="server", resource_id=server.pk)
    Tag.objects.create(tenant=server.tenant, name="unused")
    return server


def test_the_tags_of_a_thing_come_by_name(tagged: Server) -> None:
    tags = loaded(tagged.tenant_id, {"id": tagged.pk})
    assert [tag["name"] for tag in tags] == ["backup", "vip"]
    assert set(tags[0]) == {"id", "name", "color"}


def test_a_thing_of_another_type_with_the_same_id_has_its_own(tagged: Server) -> None:
    assert loaded(tagged.tenant_id, {"id": tagged.pk}, resource_type="user") == []


def test_another_tenants_tags_are_out_of_reach(tagged: Server, other_tenant: Tenant) -> None:
    assert loaded(other_tenant.pk, {"id": tagged.pk}) == []


def test_the_platforms_tags_on_a_tenants_thing_are_found(tagged: Server) -> None:
    shared = Tag.objects.create(name="audited")
    assign(shared, actor=Actor.system(), resource_type="server", resource_id=tagged.pk)
    assert [tag["name"] for tag in loaded(tagged.tenant_id, {"id": tagged.pk})] == [
        "audited",
        "backup",
        "vip",
    ]


def test_the_platforms_tags_on_another_tenants_thing_are_out_of_reach(
    tagged: Server, other_server: Server
) -> None:
    shared = Tag.objects.create(name="audited")
    assign(shared, actor=Actor.system(), resource_type="server", resource_id=other_server.pk)
    assert loaded(tagged.tenant_id, {"id": other_server.pk}) == []
    both = loaded(tagged.tenant_id, {"ids": [tagged.pk, other_server.pk]}, input_field="ids")
    assert [tag["name"] for tag in both] == ["backup", "vip"]


@pytest.mark.parametrize("kind", ResourceType.values)
def test_every_kind_of_thing_has_its_tags(
    tenant: Tenant, server: Server, customer: User, address: IPv4Address, pool6: IPv6Range, kind: str
) -> None:
    """A tag of the tenant and one of the platform, on each kind of thing that the tenant reaches."""
    things: dict[str, Any] = {
        "server": server,
        "user": customer,
        "package": Package.objects.create(name="Small", price=5),
        "template": Template.objects.create(vmid=9000, display_name="Debian"),
        "ticket": Ticket.objects.create(tenant=tenant, title="Help", creator=customer),
        "ipv4_address": address,
        "ipv6_address": IPv6Address.objects.create(tenant=tenant, range=pool6, ip=pool6.at(1)),
    }
    for name, owner in (("own", tenant), ("shared", None)):
        tag = Tag.objects.create(tenant=owner, name=name)
        acting = Actor.system(tenant.pk if owner else None)
        assign(tag, actor=acting, resource_type=kind, resource_id=things[kind].pk)
    tags = loaded(tenant.pk, {"id": things[kind].pk}, resource_type=kind)
    assert [tag["name"] for tag in tags] == ["own", "shared"]


def test_no_thing_has_no_tags(tenant: Tenant) -> None:
    assert loaded(tenant.pk, {"id": None}) == []


@pytest.mark.parametrize(("record", "code"), [({}, "missing_field"), ({"id": "x"}, "not_a_number")])
def test_an_id_that_cannot_be_used_fails(tenant: Tenant, record: dict[str, Any], code: str) -> None:
    with pytest.raises(NodeError) as failed:
        loaded(tenant.pk, record)
    assert (failed.value.code, failed.value.field) == (code, "input_field")


def test_the_shape_is_a_list_of_tags() -> None:
    shape = LoadTags().fields(configured(LoadTags, {}), Shape.object({}))["out"]
    assert shape.at("tags").type == "array"  # type: ignore[union-attr]
    assert shape.at("tags.name").type == "string"  # type: ignore[union-attr]
