"""The typed values of SNMP notifications, checked before anything is sent; without pysnmp."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Final, Literal

from flows.sdk import Json, JsonObject, NodeError
from flows.sdk.value_readers import as_text, read_number

VariableType = Literal[
    "text",
    "hex",
    "integer",
    "oid",
    "ip",
    "counter32",
    "gauge32",
    "timeticks",
    "counter64",
    "opaque",
]
Plain = str | int | bytes

MAX_OID_PARTS: Final = 128
MAX_PART: Final = 2**32 - 1
MAX_OCTETS: Final = 32_768
OID: Final = re.compile(r"\.?\d{1,10}(\.\d{1,10})+", re.ASCII)
HEX: Final = re.compile(r"(?:0x)?((?:[0-9a-f]{2})*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ValueKind:
    """A type of values.

    Args:
        syntax: its name in the standard, which pysnmp's class has too.
        tag: the octet before it on the wire.
        written: how octets are written where the name does not say it.
    """

    syntax: str
    tag: int
    written: str = ""

    @property
    def label(self) -> str:
        return f"{self.syntax} ({self.written})" if self.written else self.syntax


KINDS: Final[Mapping[str, ValueKind]] = {
    "text": ValueKind("OctetString", 0x04, "text"),
    "hex": ValueKind("OctetString", 0x04, "hexadecimal"),
    "integer": ValueKind("Integer32", 0x02),
    "oid": ValueKind("ObjectIdentifier", 0x06),
    "ip": ValueKind("IpAddress", 0x40),
    "counter32": ValueKind("Counter32", 0x41),
    "gauge32": ValueKind("Gauge32", 0x42),
    "timeticks": ValueKind("TimeTicks", 0x43),
    "counter64": ValueKind("Counter64", 0x46),
    "opaque": ValueKind("Opaque", 0x44, "hexadecimal"),
}
"""By the name that flows use."""
RANGES: Final[Mapping[str, tuple[int, int]]] = {
    "integer": (-(2**31), 2**31 - 1),
    "counter32": (0, 2**32 - 1),
    "gauge32": (0, 2**32 - 1),
    "timeticks": (0, 2**32 - 1),
    "counter64": (0, 2**64 - 1),
}


@dataclass(frozen=True, slots=True)
class Variable:
    """A value that goes along; octets for `text`, `hex` and `opaque`."""

    oid: str
    type: str
    value: Plain

    def as_json(self) -> JsonObject:
        """As a dry run shows it."""
        shown = self.value
        if isinstance(shown, bytes):
            shown = shown.decode() if self.type == "text" else shown.hex()
        return {"oid": self.oid, "type": self.type, "value": shown}


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


def variable(oid: str, kind: str, value: Json, field: str) -> Variable:
    """A variable from what a record holds.

    Raises:
        NodeError: `bad_oid`, `bad_value`.
    """
    return Variable(oid_of(oid, f"{field}.oid"), kind, _READERS[kind](value, kind, f"{field}.value"))


def oid_of(text: str, field: str) -> str:
    """An object identifier without a leading dot.

    Raises:
        NodeError: `bad_oid`.
    """
    found = text.strip()
    parts = [int(part) for part in found.strip(".").split(".")] if OID.fullmatch(found) else []
    is_one = 2 <= len(parts) <= MAX_OID_PARTS and max(parts) <= MAX_PART
    # The first two share one number on the wire.
    if not is_one or parts[0] > 2 or (parts[0] < 2 and parts[1] > 39):
        raise NodeError(
            "bad_oid",
            f"“{text[:80]}” is no object identifier.",
            hint="It is numbers with dots between them, such as 1.3.6.1.4.1.52312.1.0.5.",
            field=field,
        )
    return ".".join(map(str, parts))


def hex_octets(text: str, field: str) -> bytes:
    """Octets from hexadecimal digits; blanks, colons and a leading 0x may stand in them.

    Raises:
        NodeError: `bad_value`.
    """
    match = HEX.fullmatch(re.sub(r"[\s:-]", "", text[: 4 * MAX_OCTETS]))
    if match is None:
        raise bad_value(text, "hexadecimal digits, such as 0a1b", field)
    return bytes.fromhex(match[1])


def _text(value: Json, kind: str, field: str) -> bytes:
    return _octets(_written(value, field).encode(), field)


def _hex(value: Json, kind: str, field: str) -> bytes:
    return _octets(hex_octets(_written(value, field), field), field)


def _octets(octets: bytes, field: str) -> bytes:
    if len(octets) > MAX_OCTETS:
        raise bad_value("the value", f"at most {MAX_OCTETS:,} octets", field)
    return octets


def _number(value: Json, kind: str, field: str) -> int:
    least, most = RANGES[kind]
    number = read_number(value)
    if number is None or number != int(number) or not least <= number <= most:
        raise bad_value(value, f"a whole number from {least:,} to {most:,}", field)
    return int(number)


def _oid(value: Json, kind: str, field: str) -> str:
    return oid_of(_written(value, field), field)


def _ip(value: Json, kind: str, field: str) -> str:
    return ip_of(_written(value, field).strip(), field)


def ip_of(text: str, field: str) -> str:
    """An IPv4 address: SNMP has no type for others.

    Raises:
        NodeError: `bad_value`.
    """
    try:
        return str(IPv4Address(text))
    except ValueError:
        raise bad_value(text, "an IPv4 address, such as 192.0.2.10", field) from None


_READERS: Final[Mapping[str, Callable[[Json, str, str], Plain]]] = {
    "text": _text,
    "hex": _hex,
    "opaque": _hex,
    "oid": _oid,
    "ip": _ip,
    **dict.fromkeys(RANGES, _number),
}


def _written(value: Json, field: str) -> str:
    text = as_text(value)
    if text is None:
        raise bad_value(value, "a plain value", field)
    return text


def bad_value(value: Json, needed: str, field: str) -> NodeError:
    """The error for a value that its type cannot hold."""
    return NodeError(
        "bad_value",
        f"“{str(value)[:60]}” is not {needed}.",
        hint="Correct the value, or choose another type.",
        field=field,
    )
