"""Notifications through pysnmp: informs, v1 and v3.

An engine of pysnmp costs a fifth of a second of computing, so each is kept for a while. They live on an event loop of
their own thread: what waits for an answer there holds no other thread. An engine serves one receiver under one
credential, whose secrets it knows, and is gone a minute after its last use.
"""

import asyncio
import hashlib
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from actions.services.snmp_message import SYS_UPTIME, TRAP_OID, uptime
from actions.services.snmp_values import KINDS, Notification
from flows.sdk import NodeError

IDLE_SECONDS: Final = 60.0
MOST_ENGINES: Final = 32
FAULTY_SECONDS: Final = 30.0
"""An engine that failed is made anew, unless it is younger."""
OF_ONE_RECEIVER: Final = 32
"""So many notifications to one receiver are under way at once; the others wait their turn."""
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


@dataclass(slots=True)
class _Engine:
    """One that is kept."""

    engine: Any
    made_at: float = field(default_factory=time.monotonic)
    used_at: float = field(default_factory=time.monotonic)
    users: int = 0
    is_retired: bool = False
    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(OF_ONE_RECEIVER))


_kept: Final[dict[str, _Engine]] = {}
"""The engines; touched on their loop alone."""


async def deliver(address: str, target: Any, notification: Notification) -> None:
    """Send it, an inform until it is acknowledged. For any event loop: the work is done on another one.

    Args:
        address: a checked one.
        target: the fields of the credential.

    Raises:
        NodeError: `not_acknowledged` (retryable), `snmp_refused`.
    """
    await asyncio.wrap_future(
        asyncio.run_coroutine_threadsafe(_deliver(address, target, notification), _loop())
    )


def deliver_blocking(address: str, target: Any, notification: Notification) -> None:
    """The same for a thread that may wait."""
    asyncio.run_coroutine_threadsafe(_deliver(address, target, notification), _loop()).result()


@lru_cache(maxsize=1)
def _loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="snmp", daemon=True).start()
    return loop


async def _deliver(address: str, target: Any, notification: Notification) -> None:
    from pysnmp.error import PySnmpError

    most = notification.seconds * (notification.repeats + 1) + 5
    try:
        with _used(_key(address, target, notification), target) as kept:
            async with asyncio.timeout(most), kept.places:
                await _send(kept.engine, address, target, notification)
    except TimeoutError:
        raise _not_acknowledged(address) from None
    except PySnmpError as error:
        raise _refused(str(error)) from error


async def _send(engine: Any, address: str, target: Any, notification: Notification) -> None:
    from pysnmp.hlapi.v3arch import asyncio as hlapi

    way = _way(hlapi, address, target.port, notification)
    kind = "inform" if notification.is_inform else "trap"
    context = hlapi.ContextData(contextName=target.context.encode())
    problem, status, _, _ = await hlapi.send_notification(
        engine, _sender(hlapi, target), way, context, kind, *_bindings(notification), lookupMib=False
    )
    if way.transport is not None:
        # The first datagrams of an engine wait until its socket is open, and nobody else tells when that is.
        await way.transport._lport
    if problem is not None:
        raise _not_acknowledged(address) if _is_silence(problem) else _refused(str(problem))
    if status:
        raise _refused("the receiver answered with an error")


def _key(address: str, target: Any, notification: Notification) -> str:
    """One engine for all that is configured alike, until its count of starts would be another."""
    told = (
        _starts(),
        target.model_dump_json(),
        address,
        notification.is_inform,
        notification.seconds,
        notification.repeats,
    )
    return hashlib.sha256(repr(told).encode()).hexdigest()


@contextmanager
def _used(key: str, target: Any) -> Iterator[_Engine]:
    kept = _kept.get(key)
    if kept is None:
        kept = _kept[key] = _Engine(_engine(target))
        if len(_kept) > MOST_ENGINES:
            _retire(min(_kept, key=lambda each: _kept[each].used_at))
        asyncio.get_running_loop().call_later(IDLE_SECONDS, _tidy, key, kept)
    kept.users += 1
    kept.used_at = time.monotonic()
    try:
        yield kept
    except NodeError:
        if time.monotonic() - kept.made_at > FAULTY_SECONDS and _kept.get(key) is kept:
            _retire(key)
        raise
    finally:
        kept.users -= 1
        if kept.is_retired and not kept.users:
            kept.engine.close_dispatcher()


def _retire(key: str) -> None:
    kept = _kept.pop(key)
    kept.is_retired = True
    if not kept.users:
        kept.engine.close_dispatcher()


def _tidy(key: str, kept: _Engine) -> None:
    if _kept.get(key) is not kept:
        return
    left = kept.used_at + IDLE_SECONDS - time.monotonic()
    if left <= 0 and not kept.users:
        _retire(key)
    else:
        asyncio.get_running_loop().call_later(max(left, 1.0), _tidy, key, kept)


def _starts() -> int:
    return int(time.time()) // 3600


def _engine(target: Any) -> Any:
    """An engine whose count of starts and time never go back, also across processes: a receiver of v3 checks them.

    The engine ID is not given to the constructor: that would make folders of its name.
    """
    from pysnmp.entity.engine import SnmpEngine

    engine = SnmpEngine()
    names = ("snmpEngineID", "snmpEngineBoots", "snmpEngineTime")
    own_id, boots, seconds = engine.get_mib_builder().import_symbols("__SNMP-FRAMEWORK-MIB", *names)
    if target.engine_id:
        own_id.syntax = own_id.syntax.clone(bytes.fromhex(target.engine_id))
        engine.snmpEngineID = own_id.syntax
    hours = _starts()
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

    head = [
        (SYS_UPTIME, rfc1902.TimeTicks(uptime())),
        (TRAP_OID, rfc1902.ObjectIdentifier(notification.trap_oid)),
    ]
    return head + [
        (variable.oid, getattr(rfc1902, KINDS[variable.type].syntax)(variable.value))
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
