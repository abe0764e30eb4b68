"""Values for Zabbix: what an item takes, and the trapper protocol on a connection that the way out opened.

A message is `ZBXD`, a byte of flags, the length of the body and a reserved one (32 bits each, little-endian), and
the body as JSON; see “Header” in Zabbix's description of its protocols. `zabbix_utils` opens its own connections and
reads answers of any length, so it does not serve here.
"""

import asyncio
import json
import re
import struct
import zlib
from asyncio import StreamReader, StreamWriter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from flows.sdk import NodeContext, NodeError

MAGIC: Final = b"ZBXD"
PROTOCOL, COMPRESSED = 0x01, 0x02
LENGTHS: Final = struct.Struct("<II")
MAX_ANSWER: Final = 65_536
"""Bytes; a real one has about a hundred."""
COUNTS: Final = re.compile(r"processed: (\d{1,9}); failed: (\d{1,9})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Item:
    """A value for an item of a host; `clock` is its moment in Unix seconds, None the moment of its arrival."""

    host: str
    key: str
    value: str
    clock: int | None = None

    def as_json(self) -> dict[str, Any]:
        """As the protocol writes it."""
        moment = {} if self.clock is None else {"clock": self.clock}
        return {"host": self.host, "key": self.key, "value": self.value, **moment}


def packet(items: Sequence[Item]) -> bytes:
    """The message that hands over these values."""
    body = orjson.dumps({"request": "sender data", "data": [item.as_json() for item in items]})
    return MAGIC + bytes([PROTOCOL]) + LENGTHS.pack(len(body), 0) + body


async def is_taken(ctx: NodeContext, server: Any, item: Item, seconds: float) -> bool:
    """Hand over one value, and tell whether the server took it.

    Args:
        server: the fields of the credential.

    Raises:
        NodeError: `timed_out`, `unreachable`, `tls_failed`, `address_refused`, `bad_answer`, `refused`.
    """
    return (await exchange(ctx, server, packet([item]), seconds))["failed"] == 0


async def exchange(ctx: NodeContext, server: Any, message: bytes, seconds: float) -> dict[str, int]:
    """Send one message; gives how many values were processed and how many failed."""
    try:
        async with asyncio.timeout(seconds):
            reader, writer = await ctx.net.connect(server.server, server.port, tls=server.tls())
            try:
                return read_counts(await _answer(reader, writer, message))
            finally:
                await _hang_up(writer)
    except TimeoutError as error:
        raise NodeError(
            "timed_out",
            f"{server.server} did not answer within {seconds:g} seconds.",
            hint="Give it more time, or look at the Zabbix server.",
            retryable=True,
        ) from error
    except (OSError, asyncio.IncompleteReadError) as error:
        raise NodeError(
            "unreachable",
            f"{server.server} hung up before it answered.",
            hint="Look whether its encryption is that of the credential, and whether this machine may send to it.",
            retryable=True,
        ) from error


async def _hang_up(writer: StreamWriter) -> None:
    """At once: the other side need not bid farewell, which a secured connection would wait for."""
    writer.transport.abort()
    await asyncio.sleep(0)  # the loop lets go of the socket, which else is left to the garbage collector


async def _answer(reader: StreamReader, writer: StreamWriter, message: bytes) -> bytes:
    writer.write(message)
    await writer.drain()
    head = await reader.readexactly(len(MAGIC) + 1)
    flags = head[-1]
    if not head.startswith(MAGIC) or flags & ~COMPRESSED != PROTOCOL:
        raise bad_answer("it is not Zabbix that answers")
    length, _ = LENGTHS.unpack(await reader.readexactly(LENGTHS.size))
    if length > MAX_ANSWER:
        raise bad_answer("it is too long")
    body = await reader.readexactly(length)
    return _unpacked(body) if flags & COMPRESSED else body


def _unpacked(body: bytes) -> bytes:
    reader = zlib.decompressobj()
    try:
        plain = reader.decompress(body, MAX_ANSWER)
    except zlib.error as error:
        raise bad_answer("it is damaged") from error
    if not reader.eof:
        raise bad_answer("it is too long or damaged")
    return plain


def read_counts(body: bytes) -> dict[str, int]:
    """How many values the server processed, and how many it did not take.

    Raises:
        NodeError: `bad_answer`; `refused`, when it took nothing in for a reason of its own.
    """
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise bad_answer("it is not JSON") from error
    if not isinstance(answer, dict):
        raise bad_answer("it is not what Zabbix answers")
    if answer.get("response") != "success":
        raise NodeError(
            "refused",
            "The Zabbix server refused the request.",
            hint="Its log says why. It may be a standby of a cluster, or not let this machine send.",
        )
    counts = COUNTS.search(str(answer.get("info", "")))
    if counts is None:
        raise bad_answer("it does not say how many values were taken")
    return {"processed": int(counts[1]), "failed": int(counts[2])}


def bad_answer(why: str) -> NodeError:
    """The error for an answer that cannot be read."""
    return NodeError(
        "bad_answer",
        f"The answer of the Zabbix server cannot be used: {why}.",
        hint="Check server and port: values go to the trapper's port, 10051 as a rule.",
    )
