"""Sending SNMP notifications: traps of v2c as datagrams of our own making, everything else through pysnmp."""

import secrets
from typing import Any, Final

from actions.services import snmp_engines
from actions.services.snmp_message import trap_v2c, uptime
from actions.services.snmp_values import Notification, Variable
from common.egress import EgressError, udp
from flows.sdk import NodeError

TRAP_ENTERPRISE: Final = "1.3.6.1.6.3.1.1.4.3.0"
TRAP_ADDRESS: Final = "1.3.6.1.6.3.18.1.3.0"
MOST_OCTETS: Final = 60_000
"""A datagram holds 65,507; the rest is for headers and padding."""


def send(address: str, target: Any, notification: Notification) -> None:
    """Send it to a checked address; blocks, an inform until it is acknowledged.

    Args:
        target: the fields of the credential.

    Raises:
        NodeError: `not_acknowledged` (retryable), `unreachable` (retryable), `snmp_refused`, `value_too_long`,
            `not_in_v1`.
    """
    datagram = datagram_of(target, notification)
    if datagram is not None:
        send_datagram(address, target.port, datagram)
    else:
        _check(target, notification)
        snmp_engines.deliver_blocking(address, target, notification)


async def send_soon(address: str, target: Any, notification: Notification, *, port: int) -> None:
    """The same for an event loop, which it does not hold up; to a port that need not be the credential's own."""
    datagram = datagram_of(target, notification)
    if datagram is not None:
        send_datagram(address, port, datagram)
    else:
        _check(target, notification)
        await snmp_engines.deliver(address, target.model_copy(update={"port": port}), notification)


def datagram_of(target: Any, notification: Notification) -> bytes | None:
    """A trap of v2c as it is sent to all who know the same community; None where pysnmp makes it.

    Raises:
        NodeError: `value_too_long`.
    """
    if target.version != "v2c" or notification.is_inform:
        return None
    content = trap_v2c(
        target.community.encode(),
        notification.trap_oid,
        notification.variables,
        request_id=secrets.randbits(31),
        ticks=uptime(),
    )
    if len(content) > MOST_OCTETS:
        raise _too_long()
    return content


def send_datagram(address: str, port: int, datagram: bytes) -> None:
    """Send what `datagram_of` made to a checked address; waits for nothing.

    Raises:
        NodeError: `unreachable` (retryable).
    """
    try:
        udp.send_datagram(address, port, datagram)
    except EgressError as error:
        raise NodeError.of(error, field="credential") from error


def _check(target: Any, notification: Notification) -> None:
    """See that the version can tell it, and that it fits into a datagram."""
    if target.version == "v1":
        _check_v1(notification)
    if sum(_size(variable) for variable in notification.variables) > MOST_OCTETS:
        raise _too_long()


def _too_long() -> NodeError:
    return NodeError(
        "value_too_long",
        "The variables do not fit into one notification.",
        hint=f"Together they may have about {MOST_OCTETS:,} octets.",
        field="variables",
    )


def _check_v1(notification: Notification) -> None:
    if notification.is_inform:
        raise NodeError(
            "not_in_v1",
            "SNMP v1 has no informs.",
            hint="Send a trap, or take a credential for v2c or v3.",
            field="kind",
        )
    for number, variable in enumerate(notification.variables):
        if variable.type == "counter64":
            raise NodeError(
                "not_in_v1",
                "SNMP v1 has no Counter64.",
                hint="Send it as another type, or take a credential for v2c or v3.",
                field=f"variables.{number}.type",
            )


def _size(variable: Variable) -> int:
    value = variable.value
    return 5 * variable.oid.count(".") + (len(value) if isinstance(value, bytes | str) else 9) + 16
