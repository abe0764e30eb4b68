"""IPAM: allocate a free address."""

from collections.abc import Mapping

from accounts.actors import Actor
from flows.sdk import (
    Emit,
    FieldPath,
    Json,
    JsonObject,
    Kind,
    Node,
    NodeConfig,
    NodeContext,
    NodeMeta,
    Record,
    Shape,
    TemplateText,
    TemplateValue,
    node,
    ui,
    with_value,
)
from flows.sdk.summaries import joined, label_of
from inventory.address_tables import IPV4_ADDRESSES, IPV6_ADDRESSES
from inventory.node_support import acting, told_as_node_error, whole_number
from inventory.services.effects import once
from inventory.services.ipam import Family, Wish, allocate, known_user, peek


class IpamConfig(NodeConfig):
    """Which address, for whom."""

    family: Family = ui(
        Family.ipv4,
        label="From",
        help="Which kind of address to take.",
        widget="select",
        choices={family.value: family.label for family in Family},
    )
    node: TemplateText = ui(
        "", label="Node", help="Only addresses that work on this node. Optional.", placeholder="{{ node }}"
    )
    user_id: TemplateValue = ui(
        "",
        label="User ID",
        help="The user who gets the address. Empty: it belongs to the tenant of the event.",
        placeholder="{{ userid }}",
    )
    as_field: FieldPath = ui("ip", label="As field", help="Where the address is saved.", placeholder="new_ip")


@node
class Ipam(Node):
    """Takes an address out of the pool, once however often the step is repeated."""

    meta = NodeMeta(
        type="ipam",
        kind=Kind.ENRICHER,
        label="IPAM",
        summary="Allocate a free IPv4 or IPv6 address.",
        icon="network",
        unset="No field named",
        durable=True,
        blocking=True,
    )
    Config = IpamConfig

    def summary(self, config: IpamConfig) -> str:
        return joined(label_of(config, "family"), "→", config.as_field)

    def fields(self, config: IpamConfig, upstream: Shape) -> Mapping[str, Shape]:
        """The record with the address; its `id` is what Modify server assigns."""
        table = IPV4_ADDRESSES if config.family == Family.ipv4 else IPV6_ADDRESSES
        extra = {
            "subnet": Shape.integer("Size of the subnet, such as 24"),
            "gateway": Shape.string("Gateway of the subnet, or null", format=str(config.family)),
        }
        address = Shape.object({**table.shape().fields, **extra}, "The address")
        return {"out": upstream.with_field(config.as_field, address)}

    def run(self, ctx: NodeContext, config: IpamConfig, record: Record) -> Emit:
        """Allocate; a dry run only looks which address it would be.

        Raises:
            NodeError: `pool_exhausted`, `unknown_user`, `not_a_number`.
        """
        actor = acting(ctx)
        with told_as_node_error():
            wish = _wish(config, record, actor)
            if ctx.is_dry_run:
                address = peek(wish, actor=actor)
            else:
                address = once(ctx.idempotency_key, lambda: allocate(wish, actor=actor))
                ctx.log.info(f"Allocated {address['ip']}.")
        return Emit("out", with_value(record, config.as_field, address))

    def preview(self, config: IpamConfig, record: Record) -> Json:
        return {"allocate": config.family, "node": config.node or None, "user_id": config.user_id or None}

    def dry_run_result(self, config: IpamConfig, record: Record) -> Emit:
        """An example from the networks that are kept for documentation."""
        is_v4 = config.family == Family.ipv4
        example: JsonObject = {
            "id": 1,
            "ip": "192.0.2.10" if is_v4 else "2001:db8::",
            "fk_ipam": 1,
            "mac": "",
            "in_use": 1,
            "subnet": 24 if is_v4 else 64,
            "gateway": "192.0.2.1" if is_v4 else "2001:db8::1",
        }
        return Emit("out", with_value(record, config.as_field, example))


def _wish(config: IpamConfig, record: Record, actor: Actor) -> Wish:
    """What is wished for. An event of the platform has no tenant: its `userid` says whose the address is."""
    user_id = whole_number(config.user_id, "user_id")
    if user_id is None and actor.tenant_id is None:
        user_id = known_user(record.get("userid"))
    return Wish(Family(config.family), config.node.strip(), user_id)
