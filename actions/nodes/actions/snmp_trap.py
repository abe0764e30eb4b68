"""SNMP trap: send a trap or an inform to a receiver."""

from typing import Annotated, Literal

from pydantic import Field

from actions.credentials.snmp import SnmpFields
from actions.services import snmp
from actions.services.snmp import TRAP_ADDRESS, TRAP_ENTERPRISE
from actions.services.snmp_values import (
    KINDS,
    Notification,
    Variable,
    VariableType,
    bad_value,
    ip_of,
    oid_of,
    variable,
)
from flows.sdk import (
    CredentialRef,
    Emit,
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
from flows.sdk.summaries import plain

MAX_VARIABLES = 50
BY_OID, BY_ENTERPRISE = "oid", "enterprise"
STANDARD_TRAPS = "1.3.6.1.6.3.1.1.5"
SPECIFIC = "6"


class SnmpVariable(NodeConfig):
    """A value that goes along."""

    oid: TemplateText = ui(label="OID", placeholder="1.3.6.1.4.1.52312.1.1.5", min_length=1)
    type: VariableType = ui(
        "text",
        label="Type",
        choices={name: kind.label for name, kind in KINDS.items()},
    )
    value: TemplateValue = ui("", label="Value", placeholder="{{ hostname }}")


class SnmpTrapConfig(NodeConfig):
    """Who is told what."""

    credential: CredentialRef("snmp") = ui(label="Receiver", min_length=1)  # type: ignore[valid-type]
    kind: Literal["trap", "inform"] = ui(
        "trap",
        label="Notification",
        help="A trap is sent once and nobody says whether it came; an inform is acknowledged. v1 has traps only.",
        choices={"trap": "Trap", "inform": "Inform"},
    )
    named_by: Literal["oid", "enterprise"] = ui(
        BY_OID,
        label="Named by",
        choices={BY_OID: "Its OID", BY_ENTERPRISE: "Enterprise and number, as in SNMP v1"},
    )
    trap_oid: TemplateText = ui(
        "", label="Trap OID", placeholder="1.3.6.1.4.1.52312.1.0.5", depends_on={"named_by": [BY_OID]}
    )
    enterprise: TemplateText = ui(
        "", label="Enterprise", placeholder="1.3.6.1.4.1.52312.1", depends_on={"named_by": [BY_ENTERPRISE]}
    )
    generic: Literal["0", "1", "2", "3", "4", "5", "6"] = ui(
        SPECIFIC,
        label="Generic trap",
        choices={
            "0": "0 coldStart",
            "1": "1 warmStart",
            "2": "2 linkDown",
            "3": "3 linkUp",
            "4": "4 authenticationFailure",
            "5": "5 egpNeighborLoss",
            SPECIFIC: "6 enterpriseSpecific",
        },
        depends_on={"named_by": [BY_ENTERPRISE]},
    )
    specific: TemplateInteger = ui(
        0, label="Specific trap", depends_on={"named_by": [BY_ENTERPRISE], "generic": [SPECIFIC]}
    )
    agent_address: TemplateText = ui(
        "",
        label="Agent address",
        help="The IPv4 address that the trap is about. Empty is 0.0.0.0.",
        depends_on={"named_by": [BY_ENTERPRISE]},
    )
    variables: Annotated[list[SnmpVariable], Field(max_length=MAX_VARIABLES)] = ui(
        [], label="Variables", help=f"In this order, at most {MAX_VARIABLES}."
    )
    seconds: int = ui(
        5,
        label="Wait for the answer (seconds)",
        group="Inform",
        ge=1,
        le=30,
        depends_on={"kind": ["inform"]},
    )
    repeats: int = ui(
        1, label="Repeats without an answer", group="Inform", ge=0, le=5, depends_on={"kind": ["inform"]}
    )


@node
class SnmpTrap(Node):
    meta = NodeMeta(
        type="snmp-trap",
        kind=Kind.ACTION,
        label="SNMP trap",
        summary="Send an SNMP trap or inform.",
        icon="broadcast",
        unset="No receiver chosen",
        durable=True,
        blocking=True,
        outside=True,
    )
    Config = SnmpTrapConfig

    def summary(self, config: SnmpTrapConfig) -> str:
        name = config.trap_oid if config.named_by == BY_OID else config.enterprise
        return f"{config.kind} {plain(name)}".strip() if config.credential else ""

    def check(self, config: SnmpTrapConfig, upstream: Shape) -> list[tuple[str, str, str]]:
        """A notification without a name."""
        field = "trap_oid" if config.named_by == BY_OID else "enterprise"
        if getattr(config, field).strip():
            return []
        return [(field, "This is needed.", "Write an OID, such as 1.3.6.1.4.1.52312.1.0.5.")]

    def run(self, ctx: NodeContext, config: SnmpTrapConfig, record: Record) -> Emit:
        """Send it; the record goes on as it came.

        Raises:
            NodeError: `bad_oid`, `bad_value`, `unreachable`, `address_refused`, and those of `actions.services.snmp`.
        """
        notification = _notification(config)
        target = ctx.opened(config.credential, SnmpFields)
        snmp.send(ctx.net.address(target.host, target.port), target, notification)
        done = "acknowledged" if notification.is_inform else "sent"
        ctx.log.info(f"The {config.kind} {notification.trap_oid} was {done}.")
        return Emit("out", record)

    def preview(self, config: SnmpTrapConfig, record: Record) -> JsonObject:
        notification = _notification(config)
        return {
            "receiver": config.credential,
            "kind": config.kind,
            "trap_oid": notification.trap_oid,
            "variables": [entry.as_json() for entry in notification.variables],
        }


def _notification(config: SnmpTrapConfig) -> Notification:
    trap_oid, extra = _named(config)
    own = [
        variable(entry.oid, entry.type, entry.value, f"variables.{number}")
        for number, entry in enumerate(config.variables)
    ]
    is_inform = config.kind == "inform"
    return Notification(trap_oid, [*own, *extra], is_inform, config.seconds, config.repeats)


def _named(config: SnmpTrapConfig) -> tuple[str, list[Variable]]:
    """The OID in the form of v2, and the variables by which v1 finds its own form again (RFC 3584, 3.1)."""
    if config.named_by == BY_OID:
        return oid_of(config.trap_oid, "trap_oid"), []
    enterprise = oid_of(config.enterprise, "enterprise")
    agent = config.agent_address.strip()
    extra = [Variable(TRAP_ADDRESS, "ip", ip_of(agent, "agent_address"))] if agent else []
    if config.generic == SPECIFIC:
        number = int(config.specific)
        if not 0 <= number <= 2**31 - 1:
            raise bad_value(number, "a number from 0 on", "specific")
        return f"{enterprise}.0.{number}", extra
    return f"{STANDARD_TRAPS}.{int(config.generic) + 1}", [
        *extra,
        Variable(TRAP_ENTERPRISE, "oid", enterprise),
    ]
