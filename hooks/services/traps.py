"""The SNMP notifications of life-cycle events, as Cloudify's `send_snmp_trap` makes them.

Source of the OIDs, the order and the bounds: `CLOUDIFY-MIB` and `cloudify/snmp/snmp_trap.py` of cloudify-common. The
objects come in that code's order, which is not the MIB's, and without the instance `.0`.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pydantic import ValidationError

from actions.credentials.snmp import Snmp, SnmpFields
from actions.services.snmp import datagram_of, send_datagram, send_soon
from actions.services.snmp_values import Notification, Variable
from common.egress import EgressError
from common.egress.hosts import AllowedHosts, allowed_hosts, host_with_port
from flows.sdk import Json, JsonObject, NodeContext, NodeError, Record
from flows.sdk.life_cycle import LIFE_CYCLE_EVENTS, LifeCycle, error_text

MIB_NAME: Final = "CLOUDIFY-MIB"
ROOT: Final = "1.3.6.1.4.1.52312.1"
MOST_OCTETS: Final = 512
"""Of parameters and of an error, as the MIB's UTF8String has them."""
MOST_NAME_OCTETS: Final = 255
"""Of ids and names, as DisplayString has them."""
TOO_LONG: Final = "The length of the workflow parameters json is too long (>512)"
NOTIFICATIONS: Final[Mapping[str, tuple[str, str]]] = {
    LifeCycle.QUEUED: (f"{ROOT}.0.1", "cloudifyWorkflowQueued"),
    LifeCycle.STARTED: (f"{ROOT}.0.2", "cloudifyWorkflowStarted"),
    LifeCycle.SUCCEEDED: (f"{ROOT}.0.3", "cloudifyWorkflowSucceeded"),
    LifeCycle.CANCELLED: (f"{ROOT}.0.4", "cloudifyWorkflowCancelled"),
    LifeCycle.FAILED: (f"{ROOT}.0.5", "cloudifyWorkflowFailed"),
}
OBJECTS: Final = {
    f"{ROOT}.1.1": "cloudifyTimeStamp",
    f"{ROOT}.1.2": "cloudifyDeploymentID",
    f"{ROOT}.1.3": "cloudifyTenantName",
    f"{ROOT}.1.4": "cloudifyWorkflowName",
    f"{ROOT}.1.5": "cloudifyExecutionID",
    f"{ROOT}.1.6": "cloudifyWorkflowParameters",
    f"{ROOT}.1.7": "cloudifyErrorDetails",
}
_OID: Final = {name: oid for oid, name in OBJECTS.items()}


@dataclass(frozen=True, slots=True)
class Destination:
    """Who gets a notification.

    Args:
        address: a name or an address.
        target: who we are to it.
    """

    address: str
    port: int
    target: SnmpFields

    @classmethod
    def of(cls, target: SnmpFields, address: str = "", port: int = 0) -> "Destination":
        """The credential's own receiver, or another at which it may be used."""
        return cls(address or target.host, port or target.port, target)

    def __str__(self) -> str:
        return host_with_port(self.address, self.port)


def notification_of(
    record: Record, *, is_inform: bool = False, seconds: float = 5.0, repeats: int = 1
) -> Notification:
    """The notification of a record that began as a life-cycle event.

    Raises:
        NodeError: `no_life_cycle_event`, `bad_value`.
    """
    if record.get("event_type") not in LIFE_CYCLE_EVENTS:
        raise NodeError(
            "no_life_cycle_event",
            "The record tells of no life-cycle event.",
            hint=f"Its event_type must be one of {', '.join(LIFE_CYCLE_EVENTS)}: begin the flow with such an event.",
        )
    trap_oid, _ = NOTIFICATIONS[str(record["event_type"])]
    return Notification(trap_oid, _variables(record), is_inform, seconds, repeats)


def shown(notification: Notification) -> JsonObject:
    """The notification with the names of the MIB, as a dry run shows it."""
    names = dict(NOTIFICATIONS.values())
    return {
        "notification": f"{MIB_NAME}::{names[notification.trap_oid]}",
        "trap_oid": notification.trap_oid,
        "variables": [{"name": OBJECTS[entry.oid], **entry.as_json()} for entry in notification.variables],
    }


async def send_all(
    ctx: NodeContext, destinations: Sequence[Destination], notification: Notification
) -> list[NodeError | None]:
    """Send it to each of them, and none waits for another: what went wrong there, or None, in their order."""
    outcomes: list[NodeError | None] = [None] * len(destinations)
    waiting: list[int] = []
    ways: dict[int, _Way] = {}
    for place, destination in enumerate(destinations):
        target = destination.target
        try:
            way = ways.get(id(target)) or ways.setdefault(id(target), _Way.of(target, notification))
            if not _sent_at_once(ctx, destination, way):
                waiting.append(place)
        except NodeError as error:
            outcomes[place] = error
    if waiting:
        late = await asyncio.gather(
            *(send_to(ctx, destinations[place], notification) for place in waiting), return_exceptions=True
        )
        for place, outcome in zip(waiting, late, strict=True):
            if outcome is not None and not isinstance(outcome, NodeError):
                raise outcome
            outcomes[place] = outcome
    return outcomes


async def send_to(ctx: NodeContext, destination: Destination, notification: Notification) -> None:
    """Send it to one destination.

    Raises:
        NodeError: `address_refused`, `host_not_allowed`, `unreachable`, `timed_out`, and those of
            `actions.services.snmp`.
    """
    target, address, port = destination.target, destination.address, destination.port
    _check_own(_hosts_of(target), address, port)
    await send_soon(await ctx.net.find_address(address, port), target, notification, port=port)


@dataclass(frozen=True, slots=True)
class _Way:
    """What all destinations of one credential share. `datagram` None: it is not made here."""

    hosts: AllowedHosts
    datagram: bytes | None

    @classmethod
    def of(cls, target: SnmpFields, notification: Notification) -> "_Way":
        return cls(_hosts_of(target), datagram_of(target, notification))


def _sent_at_once(ctx: NodeContext, destination: Destination, way: _Way) -> bool:
    """Whether there was nothing to wait for: most destinations are addresses, and a task for each costs as much as
    what it sends."""
    if way.datagram is None:
        return False
    _check_own(way.hosts, destination.address, destination.port)
    address = ctx.net.address_at_hand(destination.address, destination.port)
    if address is not None:
        send_datagram(address, destination.port, way.datagram)
    return address is not None


def _hosts_of(target: SnmpFields) -> AllowedHosts:
    return allowed_hosts(tuple(Snmp().hosts(target)))


def _check_own(hosts: AllowedHosts, address: str, port: int) -> None:
    """The way out leads to the hosts of all credentials of the step: none of them may be told to another's host."""
    try:
        hosts.check(address, port)
    except EgressError as error:
        raise NodeError.of(error) from error


async def send_snmp_trap(ctx: NodeContext, context: Record, inputs: Mapping[str, Json]) -> None:
    """What `cloudify.snmp.snmp_trap.send_snmp_trap` does when it is called with these inputs.

    The original logs what goes wrong and goes on; here the step fails, and the run it tells of does not.

    Raises:
        NodeError: `missing_input`, `bad_value`, and those of `send_to`.
    """
    port = _input(inputs, "destination_port")
    if isinstance(port, bool) or not isinstance(port, int) or not 0 < port < 65_536:
        raise NodeError(
            "bad_value", "destination_port is no port.", hint="Write a number from 1 to 65535, as 162."
        )
    address, community = (str(_input(inputs, name)) for name in ("destination_address", "community_string"))
    try:
        target = SnmpFields(host=address, port=port, version="v2c", community=community)
    except ValidationError:
        raise NodeError(
            "bad_value",
            "destination_address or community_string is too long.",
            hint="An address has at most 253 characters.",
        ) from None
    await send_to(ctx, Destination.of(target), notification_of(context))
    ctx.log.info(sent_line(context))


def sent_line(record: Record) -> str:
    """What the original logs of a notification that was sent."""
    return f"Sent SNMP trap of the event: {record['event_type']} and the execution_id: {record.get('execution_id')}"


def _input(inputs: Mapping[str, Json], name: str) -> Json:
    value = inputs.get(name)
    if value is None or value == "":
        raise NodeError(
            "missing_input",
            f"KeyError: '{name}': send_snmp_trap has no such input.",
            hint="It takes destination_address, destination_port and community_string.",
            field="inputs",
        )
    return value


def _variables(record: Record) -> list[Variable]:
    found = [
        _text("cloudifyExecutionID", _cut(record.get("execution_id"), MOST_NAME_OCTETS)),
        _text("cloudifyWorkflowName", _cut(record.get("workflow_id"), MOST_NAME_OCTETS)),
        _text("cloudifyTenantName", _cut(record.get("tenant_name"), MOST_NAME_OCTETS)),
        _text("cloudifyDeploymentID", _cut(record.get("deployment_id"), MOST_NAME_OCTETS)),
        Variable(_OID["cloudifyTimeStamp"], "counter64", _seconds(record.get("timestamp"))),
        _text("cloudifyWorkflowParameters", _parameters(record.get("execution_parameters"))),
    ]
    if record["event_type"] == LifeCycle.FAILED:
        found.append(_text("cloudifyErrorDetails", _error(error_text(record) or "")))
    return found


def _text(name: str, octets: bytes) -> Variable:
    return Variable(_OID[name], "text", octets)


def _cut(value: Json, most: int) -> bytes:
    """The value in UTF-8, as much of it as may be, without half a character at the end."""
    octets = ("" if value is None else str(value)).encode(errors="replace")
    return octets if len(octets) <= most else octets[:most].decode(errors="ignore").encode()


def _seconds(timestamp: Json) -> int:
    try:
        moment = datetime.fromisoformat(str(timestamp))
        if moment.tzinfo is None:
            raise ValueError
        return max(0, int(moment.timestamp()))
    except (ValueError, OverflowError):
        raise NodeError(
            "bad_value",
            "The timestamp of the event is no moment.",
            hint="It looks like 2026-01-15T09:30:00.000Z. Leave the field as the event brought it.",
        ) from None


def _parameters(parameters: Json) -> bytes:
    text = json.dumps({} if parameters is None else parameters)
    if len(text.encode()) > MOST_OCTETS:
        # The original hands over the object itself here and sends nothing.
        text = json.dumps({"parameters_too_long": TOO_LONG})
    return text.encode()


def _error(text: str) -> bytes:
    """The text, or of a long one its last line but one: a traceback ends in a line end, and tells the error before it.

    Where that line is blank or there is none, the last line that says something; and no more of it than fits.
    """
    octets = text.encode(errors="replace")
    if len(octets) <= MOST_OCTETS:
        return octets
    lines = text.split("\n")
    line = lines[-2] if len(lines) > 1 else ""
    return _cut(line if line.strip() else text.rstrip().rpartition("\n")[2], MOST_OCTETS)
