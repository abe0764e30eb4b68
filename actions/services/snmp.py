"""Sending one SNMP notification with pysnmp.

pysnmp is asyncio and reads its MIBs from files, so a notification has an event loop and an engine of its own on the
thread of the step. Nothing of them is kept, secrets least of all.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from actions.services.snmp_values import Variable
from flows.sdk import NodeError

SYS_UPTIME: Final = "1.3.6.1.2.1.1.3.0"
TRAP_OID: Final = "1.3.6.1.6.3.1.1.4.1.0"
TRAP_ENTERPRISE: Final = "1.3.6.1.6.3.1.1.4.3.0"
TRAP_ADDRESS: Final = "1.3.6.1.6.3.18.1.3.0"
STARTED: Final = time.monotonic()
MOST_OCTETS: Final = 60_000
"""A datagram holds 65,507; the rest is for headers and padding."""
AUTH: Final[Mapping[str, str]] = {
    "md5": "USM_AUTH_HMAC96_MD5",
    "sha": "USM_AUTH_HMAC96_SHA",
    "sha224": "USM_AUTH_HMAC128_SHA224",
    "sha256": "USM_AUTH_HMAC192_SHA256",
    "sha384": "USM_AUTH_HMAC256_SHA384",
    "sha512": "USM_AUTH_HMAC384_SHA512",
}
PRIVACY: Final[Mapping[str, str]] = {
    "des": "USM_PRIV_CBC56_DES",
    "3des": "USM_PRIV_CBC168_3DES",
    "aes": "USM_PRIV_CFB128_AES",
    "aes192": "USM_PRIV_CFB192_AES",
    "aes256": "USM_PRIV_CFB256_AES",
    "aes192-blumenthal": "USM_PRIV_CFB192_AES_BLUMENTHAL",
    "aes256-blumenthal": "USM_PRIV_CFB256_AES_BLUMENTHAL",
}
TYPES: Final[Mapping[str, str]] = {
    "text": "OctetString",
    "hex": "OctetString",
    "integer": "Integer32",
    "oid": "ObjectIdentifier",
    "ip": "IpAddress",
    "counter32": "Counter32",
    "gauge32": "Gauge32",
    "timeticks": "TimeTicks",
    "counter64": "Counter64",
    "opaque": "Opaque",
}


@dataclass(frozen=True, slots=True)
class Notification:
    """What is told, and whether an answer is waited for.

    Args:
        seconds: how long to wait for each answer of an inform.
        repeats: how often an inform without an answer is sent again.
    """

    trap_oid: str
    variables: Sequence[Variable]
    is_inform: bool = False
    seconds: float = 5.0
    repeats: int = 1


def send(address: str, target: Any, notification: Notification) -> None:
    """Send it to a checked address; blocks, an inform until it is acknowledged.

    Args:
        target: the fields of the credential.

    Raises:
        NodeError: `not_acknowledged` (retryable), `snmp_refused`, `value_too_long`, `not_in_v1`.
    """
    if target.version == "v1":
        _check_v1(notification)
    if sum(_size(variable) for variable in notification.variables) > MOST_OCTETS:
        raise NodeError(
            "value_too_long",
            "The variables do not fit into one notification.",
            hint=f"Together they may have about {MOST_OCTETS:,} octets.",
            field="variables",
        )
    asyncio.run(_send(address, target, notification))


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


async def _send(address: str, target: Any, notification: Notification) -> None:
    from pysnmp.error import PySnmpError
    from pysnmp.hlapi.v3arch import asyncio as hlapi

    engine = _engine(hlapi, target)
    way = _way(hlapi, address, target.port, notification)
    most = notification.seconds * (notification.repeats + 1) + 5
    try:
        async with asyncio.timeout(most):
            kind = "inform" if notification.is_inform else "trap"
            context = hlapi.ContextData(contextName=target.context.encode())
            problem, status, _, _ = await hlapi.send_notification(
                engine, _sender(hlapi, target), way, context, kind, *_bindings(notification), lookupMib=False
            )
            # Its datagrams wait until the socket is open, and nobody else tells when that is.
            await way.transport._lport
    except TimeoutError:
        raise _not_acknowledged(address) from None
    except PySnmpError as error:
        raise _refused(str(error)) from error
    finally:
        engine.close_dispatcher()
    if problem is not None:
        raise _not_acknowledged(address) if _is_silence(problem) else _refused(str(problem))
    if status:
        raise _refused("the receiver answered with an error")


def _engine(hlapi: Any, target: Any) -> Any:
    """An engine whose count of starts and time never go back, also across processes: a receiver of v3 checks them.

    The engine ID is not given to the constructor: that would make folders of its name.
    """
    engine = hlapi.SnmpEngine()
    names = ("snmpEngineID", "snmpEngineBoots", "snmpEngineTime")
    own_id, boots, seconds = engine.get_mib_builder().import_symbols("__SNMP-FRAMEWORK-MIB", *names)
    if target.engine_id:
        own_id.syntax = own_id.syntax.clone(bytes.fromhex(target.engine_id))
        engine.snmpEngineID = own_id.syntax
    hours = int(time.time()) // 3600
    boots.syntax = boots.syntax.clone(hours)
    seconds.syntax = seconds.syntax.clone(
        hours * 3600
    )  # pysnmp keeps the moment of the start and tells the rest
    return engine


def _way(hlapi: Any, address: str, port: int, notification: Notification) -> Any:
    kind = hlapi.Udp6TransportTarget if ":" in address else hlapi.UdpTransportTarget
    way = kind.__new__(kind)  # `create` would look the address up again
    way.transport_address = (address, port, 0, 0) if ":" in address else (address, port)
    way.__init__(timeout=notification.seconds, retries=notification.repeats)
    return way


def _sender(hlapi: Any, target: Any) -> Any:
    if target.version != "v3":
        return hlapi.CommunityData(target.community, mpModel=0 if target.version == "v1" else 1)
    keys: dict[str, Any] = {}
    if target.level != "none":
        keys |= {"authKey": target.auth_key, "authProtocol": getattr(hlapi, AUTH[target.auth_protocol])}
    if target.level == "auth-priv":
        keys |= {"privKey": target.priv_key, "privProtocol": getattr(hlapi, PRIVACY[target.priv_protocol])}
    return hlapi.UsmUserData(target.user, **keys)


def _bindings(notification: Notification) -> list[tuple[str, Any]]:
    from pysnmp.proto import rfc1902

    ticks = int((time.monotonic() - STARTED) * 100) % 2**32
    head = [
        (SYS_UPTIME, rfc1902.TimeTicks(ticks)),
        (TRAP_OID, rfc1902.ObjectIdentifier(notification.trap_oid)),
    ]
    return head + [
        (variable.oid, getattr(rfc1902, TYPES[variable.type])(variable.value))
        for variable in notification.variables
    ]


def _is_silence(problem: object) -> bool:
    from pysnmp.proto import errind

    return isinstance(problem, errind.RequestTimedOut)


def _not_acknowledged(address: str) -> NodeError:
    return NodeError(
        "not_acknowledged",
        f"{address} did not acknowledge the notification.",
        hint="Check address, port, and whether the receiver takes informs with this community or user.",
        field="credential",
        retryable=True,
    )


def _refused(why: str) -> NodeError:
    return NodeError(
        "snmp_refused",
        f"The notification was refused: {why[:200]}.",
        hint="Compare community or user, level, protocols and keys with those of the receiver.",
        field="credential",
    )
