"""Traps of SNMP v2c as bytes: BER by RFC 3416 and RFC 3417, section 8, without pysnmp.

A message takes pysnmp's classes more than a millisecond, which a thousand traps a second do not have. The tests hold
the bytes against those classes.
"""

import time
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from actions.services.snmp_values import KINDS, Plain, Variable

SYS_UPTIME: Final = "1.3.6.1.2.1.1.3.0"
TRAP_OID: Final = "1.3.6.1.6.3.1.1.4.1.0"

_INTEGER: Final = 0x02
_OCTETS: Final = 0x04
_OID: Final = 0x06
_SEQUENCE: Final = 0x30
_TRAP_V2: Final = 0xA7
_V2C: Final = b"\x02\x01\x01"
_NO_ERROR: Final = b"\x02\x01\x00\x02\x01\x00"
_STARTED: Final = time.monotonic()


def uptime() -> int:
    """Hundredths of a second since the start of this process, as sysUpTime counts them."""
    return int((time.monotonic() - _STARTED) * 100) % 2**32


def trap_v2c(
    community: bytes, trap_oid: str, variables: Iterable[Variable], *, request_id: int, ticks: int
) -> bytes:
    """A whole message: time and name come before the variables.

    Args:
        request_id: from 0 to 2**31 - 1.
        ticks: hundredths of a second for sysUpTime.
    """
    time_since_start = _binding(SYS_UPTIME, "timeticks", ticks)
    bindings = [_binding(entry.oid, entry.type, entry.value) for entry in variables]
    content = b"".join((time_since_start, _named(trap_oid), *bindings))
    pdu = _block(_TRAP_V2, _block(_INTEGER, _number(request_id)) + _NO_ERROR + _block(_SEQUENCE, content))
    return _block(_SEQUENCE, _V2C + _block(_OCTETS, community) + pdu)


@lru_cache(maxsize=1024)
def _named(trap_oid: str) -> bytes:
    return _binding(TRAP_OID, "oid", trap_oid)


def _binding(oid: str, kind: str, value: Plain) -> bytes:
    return _block(_SEQUENCE, _oid(oid) + _block(KINDS[kind].tag, _content(kind, value)))


def _content(kind: str, value: Plain) -> bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, int):
        return _number(value)
    if kind == "ip":
        return bytes(map(int, value.split(".")))
    return _oid_content(value)


def _block(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 128:
        return bytes((tag, size)) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 128 | len(octets))) + octets + content


def _number(value: int) -> bytes:
    """In as few octets of two's complement as hold it."""
    bits = value if value >= 0 else ~value
    return value.to_bytes(bits.bit_length() // 8 + 1, "big", signed=True)


@lru_cache(maxsize=1024)
def _oid(text: str) -> bytes:
    return _block(_OID, _oid_content(text))


@lru_cache(maxsize=1024)
def _oid_content(text: str) -> bytes:
    first, second, *rest = map(int, text.split("."))
    return b"".join(map(_part, (40 * first + second, *rest)))


def _part(number: int) -> bytes:
    octets = [number & 0x7F]
    while number := number >> 7:
        octets.append(0x80 | number & 0x7F)
    return bytes(reversed(octets))
