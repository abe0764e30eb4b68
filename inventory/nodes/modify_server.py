"""Modify server: change a server of the platform."""

from collections.abc import Callable
from typing import Literal

from accounts.actors import Actor
from flows.sdk import (
    Emit,
    Json,
    JsonObject,
    Kind,
    Node,
    NodeConfig,
    NodeContext,
    NodeMeta,
    Record,
    Shape,
    TemplateInteger,
    TemplateText,
    TemplateValue,
    node,
    ui,
)
from flows.sdk.summaries import joined, label_of
from inventory.models import Server
from inventory.node_support import acting, needed_number, told_as_node_error, whole_number
from inventory.services import changes
from inventory.services.effects import once
from inventory.services.ipam import Family

GENERAL, NETWORK, HIGH_AVAILABILITY = "general", "network", "high-availability"


def _when(component: str, **action: str) -> dict[str, list[str]]:
    return {"component": [component], **{name: [value] for name, value in action.items()}}


class ModifyServerConfig(NodeConfig):
    """Which server, and what to change. Only the fields of the chosen action are looked at."""

    server_id: TemplateInteger = ui(label="Server ID", placeholder="{{ id }}")
    component: Literal["general", "network", "high-availability"] = ui(
        GENERAL,
        label="Component",
        widget="select",
        choices={GENERAL: "General", NETWORK: "Network", HIGH_AVAILABILITY: "High availability"},
    )
    general_action: Literal["set-note", "set-hostname"] = ui(
        "set-note",
        label="Action",
        widget="select",
        choices={"set-note": "Set note", "set-hostname": "Set hostname"},
        depends_on=_when(GENERAL),
    )
    note: TemplateText = ui(
        "", label="Note", widget="textarea", depends_on=_when(GENERAL, general_action="set-note")
    )
    hostname: TemplateText = ui(
        "",
        label="Hostname",
        placeholder="{{ hostname }}",
        depends_on=_when(GENERAL, general_action="set-hostname"),
    )
    network_action: Literal["change-vlan-tag", "change-rate-limit", "assign-ipv4", "assign-ipv6"] = ui(
        "change-vlan-tag",
        label="Action",
        widget="select",
        choices={
            "change-vlan-tag": "Change VLAN tag",
            "change-rate-limit": "Change rate limit",
            "assign-ipv4": "Assign IPv4",
            "assign-ipv6": "Assign IPv6",
        },
        depends_on=_when(NETWORK),
    )
    vlan_tag: TemplateValue = ui(
        "",
        label="VLAN tag",
        help="1 to 4094, for the interface with the lowest number. Empty takes the tag off.",
        depends_on=_when(NETWORK, network_action="change-vlan-tag"),
    )
    rate_limit: TemplateValue = ui(
        "",
        label="Rate limit",
        help="MB/s, for the interface with the lowest number. Empty lifts the limit.",
        depends_on=_when(NETWORK, network_action="change-rate-limit"),
    )
    ipv4_id: TemplateValue = ui(
        "",
        label="IPv4 ID",
        help="The IPAM id of the address.",
        placeholder="{{ ip.id }}",
        depends_on=_when(NETWORK, network_action="assign-ipv4"),
    )
    ipv6_id: TemplateValue = ui(
        "",
        label="IPv6 ID",
        help="The IPAM id of the address.",
        placeholder="{{ ip.id }}",
        depends_on=_when(NETWORK, network_action="assign-ipv6"),
    )
    ha_status: Literal["started", "stopped", "disabled", "ignored", ""] = ui(
        "started",
        label="HA status",
        widget="select",
        choices={**dict(Server.HaStatus.choices), "": "Not managed"},
        depends_on=_when(HIGH_AVAILABILITY),
    )
    group: TemplateText = ui("", label="Group", help="HA fencing group.", depends_on=_when(HIGH_AVAILABILITY))
    max_relocate: TemplateValue = ui(
        "",
        label="Max relocates",
        help="0 to 10. Empty leaves it as it is.",
        depends_on=_when(HIGH_AVAILABILITY),
    )
    max_restart: TemplateValue = ui(
        "",
        label="Max restarts",
        help="0 to 10. Empty leaves it as it is.",
        depends_on=_when(HIGH_AVAILABILITY),
    )

    @property
    def action(self) -> str:
        """The chosen action; high availability has one only."""
        actions = {GENERAL: self.general_action, NETWORK: self.network_action}
        return actions.get(self.component, "set-high-availability")


Change = Callable[[Server, ModifyServerConfig, Actor], JsonObject]


def _set_note(server: Server, config: ModifyServerConfig, actor: Actor) -> JsonObject:
    return changes.set_note(server, config.note, actor=actor)


def _set_hostname(server: Server, config: ModifyServerConfig, actor: Actor) -> JsonObject:
    return changes.set_hostname(server, config.hostname, actor=actor)


def _change_vlan_tag(server: Server, config: ModifyServerConfig, actor: Actor) -> JsonObject:
    return changes.change_vlan_tag(server, whole_number(config.vlan_tag, "vlan_tag"), actor=actor)


def _change_rate_limit(server: Server, config: ModifyServerConfig, actor: Actor) -> JsonObject:
    return changes.change_rate_limit(server, whole_number(config.rate_limit, "rate_limit"), actor=actor)


def _assign_ipv4(server: Server, config: ModifyServerConfig, actor: Actor) -> JsonObject:
    return changes.assign_address(server, Family.ipv4, needed_number(config.ipv4_id, "ipv4_id"), actor=actor)


def _assign_ipv6(server: Server, config: ModifyServerConfig, actor: Actor) -> JsonObject:
    return changes.assign_address(server, Family.ipv6, needed_number(config.ipv6_id, "ipv6_id"), actor=actor)


def _set_high_availability(server: Server, config: ModifyServerConfig, actor: Actor) -> JsonObject:
    return changes.set_high_availability(
        server,
        actor=actor,
        status=config.ha_status,
        group=config.group or None,
        max_relocate=whole_number(config.max_relocate, "max_relocate"),
        max_restart=whole_number(config.max_restart, "max_restart"),
    )


CHANGES: dict[str, Change] = {
    "set-note": _set_note,
    "set-hostname": _set_hostname,
    "change-vlan-tag": _change_vlan_tag,
    "change-rate-limit": _change_rate_limit,
    "assign-ipv4": _assign_ipv4,
    "assign-ipv6": _assign_ipv6,
    "set-high-availability": _set_high_availability,
}
SETTINGS: dict[str, tuple[str, ...]] = {
    "set-note": ("note",),
    "set-hostname": ("hostname",),
    "change-vlan-tag": ("vlan_tag",),
    "change-rate-limit": ("rate_limit",),
    "assign-ipv4": ("ipv4_id",),
    "assign-ipv6": ("ipv6_id",),
    "set-high-availability": ("ha_status", "group", "max_relocate", "max_restart"),
}
FIELDS = {"ip": "ipv4_id", "ip6": "ipv6_id", "ha_group": "group"}
"""Where the config calls a column of the server something else."""
NEEDED = ("hostname", "ipv4_id", "ipv6_id")


@node
class ModifyServer(Node):
    """Makes one change, once however often the step is repeated."""

    meta = NodeMeta(
        type="modify-server",
        kind=Kind.ACTION,
        label="Modify server",
        summary="Change the note, the network or the high availability of a server.",
        icon="server-cog",
        unset="No server chosen",
        durable=True,
        blocking=True,
    )
    Config = ModifyServerConfig

    def summary(self, config: ModifyServerConfig) -> str:
        """The action, and the server."""
        field = {GENERAL: "general_action", NETWORK: "network_action"}.get(config.component, "component")
        return joined(f"{label_of(config, field)}, server", config.server_id)

    def check(self, config: ModifyServerConfig, upstream: Shape) -> list[tuple[str, str, str]]:
        """What the chosen action cannot do without."""
        return [
            (name, "This is needed for the chosen action.", "Fill it in, or choose another action.")
            for name in SETTINGS[config.action]
            if name in NEEDED and getattr(config, name) in ("", None)
        ]

    def run(self, ctx: NodeContext, config: ModifyServerConfig, record: Record) -> Emit:
        """Make the change, and pass the record on.

        Raises:
            NodeError: `unknown_server`, `unknown_address`, `address_taken`, `no_interface`, `invalid`,
                `not_a_number`, `missing_value`.
        """
        server_id = needed_number(config.server_id, "server_id")
        with told_as_node_error(FIELDS):
            done = once(ctx.idempotency_key, lambda: _apply(config, server_id, acting(ctx)))
        ctx.log.info(f"Server {server_id}: {config.action}: {done}")
        return Emit("out", record)

    def preview(self, config: ModifyServerConfig, record: Record) -> Json:
        """The change that would be made."""
        settings = {name: getattr(config, name) for name in SETTINGS[config.action]}
        return {"modify_server": config.server_id, "action": config.action, **settings}


def _apply(config: ModifyServerConfig, server_id: int, actor: Actor) -> JsonObject:
    server = changes.server_of(server_id, actor=actor)
    return CHANGES[config.action](server, config, actor)
