"""What the node Modify server can be told."""

from typing import Any, Literal

from pydantic import field_validator

from flows.sdk import NodeConfig, TemplateInteger, TemplateText, TemplateValue, ui
from inventory.models import Server
from inventory.models.servers import MAX_HA_TRIES

GENERAL, NETWORK, HIGH_AVAILABILITY, POWER = "general", "network", "high-availability", "power"
LEAVE, UNMANAGED = "unchanged", "none"


def _when(component: str, **others: Any) -> dict[str, list[Any]]:
    return {"component": [component], **{name: [value] for name, value in others.items()}}


class ModifyServerConfig(NodeConfig):
    """Which server, and what to change. Only the fields of the chosen action are looked at.

    Nothing empties a setting but the actions and switches that say so: a value that renders to nothing fails.
    """

    server_id: TemplateInteger = ui(label="Server ID", placeholder="{{ id }}")
    component: Literal["general", "network", "high-availability", "power"] = ui(
        GENERAL,
        label="Component",
        widget="select",
        choices={
            GENERAL: "General",
            NETWORK: "Network",
            HIGH_AVAILABILITY: "High availability",
            POWER: "Power",
        },
    )
    general_action: Literal["set-note", "set-hostname", "clear-note"] = ui(
        "set-note",
        label="Action",
        widget="select",
        choices={"set-note": "Set note", "set-hostname": "Set hostname", "clear-note": "Clear note"},
        depends_on=_when(GENERAL),
    )
    note: TemplateText = ui(
        "", label="Note", widget="textarea", depends_on=_when(GENERAL, general_action="set-note")
    )
    hostname: TemplateText = ui(
        "",
        label="Hostname",
        help="Letters, digits, hyphens and dots.",
        placeholder="{{ hostname }}",
        depends_on=_when(GENERAL, general_action="set-hostname"),
    )
    network_action: Literal[
        "change-vlan-tag",
        "change-rate-limit",
        "assign-ipv4",
        "assign-ipv6",
        "remove-vlan-tag",
        "remove-rate-limit",
    ] = ui(
        "change-vlan-tag",
        label="Action",
        help="VLAN tag and rate limit are those of the interface with the lowest number.",
        widget="select",
        choices={
            "change-vlan-tag": "Change VLAN tag",
            "change-rate-limit": "Change rate limit",
            "assign-ipv4": "Assign IPv4",
            "assign-ipv6": "Assign IPv6",
            "remove-vlan-tag": "Remove VLAN tag",
            "remove-rate-limit": "Remove rate limit",
        },
        depends_on=_when(NETWORK),
    )
    vlan_tag: TemplateValue = ui(
        "",
        label="VLAN tag",
        help="1 to 4094.",
        depends_on=_when(NETWORK, network_action="change-vlan-tag"),
    )
    rate_limit: TemplateValue = ui(
        "",
        label="Rate limit",
        help="In MB/s; 12.5 is possible.",
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
    ha_status: Literal["unchanged", "started", "stopped", "disabled", "ignored", "none"] = ui(
        LEAVE,
        label="HA status",
        widget="select",
        choices={
            LEAVE: "Leave as it is",
            **{value: str(label) for value, label in Server.HaStatus.choices},
            UNMANAGED: "Not managed",
        },
        depends_on=_when(HIGH_AVAILABILITY),
    )
    clear_group: bool = ui(
        False,
        label="Clear the group",
        help="Takes the server out of its HA fencing group.",
        widget="switch",
        depends_on=_when(HIGH_AVAILABILITY),
    )
    group: TemplateValue = ui(
        "",
        label="Group",
        help="HA fencing group. Empty leaves it as it is.",
        depends_on=_when(HIGH_AVAILABILITY, clear_group=False),
    )
    max_relocate: TemplateValue = ui(
        "",
        label="Max relocates",
        help=f"0 to {MAX_HA_TRIES}. Empty leaves it as it is.",
        depends_on=_when(HIGH_AVAILABILITY),
    )
    max_restart: TemplateValue = ui(
        "",
        label="Max restarts",
        help=f"0 to {MAX_HA_TRIES}. Empty leaves it as it is.",
        depends_on=_when(HIGH_AVAILABILITY),
    )

    power_action: Literal["start", "shutdown", "stop", "reboot"] = ui(
        "start",
        label="Action",
        help="For servers on a node that is in the table of Proxmox nodes.",
        widget="select",
        choices={
            "start": "Start",
            "shutdown": "Shut down",
            "stop": "Stop at once",
            "reboot": "Restart",
        },
        depends_on=_when(POWER),
    )

    @field_validator("group", "max_relocate", "max_restart", mode="before")
    @classmethod
    def _left_out(cls, drawn: Any) -> Any:
        """A null that was drawn is an empty field; one that a template gives fails the step."""
        return "" if drawn is None else drawn

    @property
    def action(self) -> str:
        """The chosen action; high availability has one only."""
        actions = {
            GENERAL: self.general_action,
            NETWORK: self.network_action,
            POWER: self.power_action,
        }
        return actions.get(self.component, "set-high-availability")
