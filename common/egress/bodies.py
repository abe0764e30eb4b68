"""Reading the body of an answer, unpacked, and not a byte more than was asked for."""

import zlib
from collections.abc import AsyncIterator
from typing import Final

from common.egress.errors import EgressError

_WINDOW: Final = {"gzip": 31, "x-gzip": 31, "deflate": 15}
_SLACK: Final = 65_536


async def read_body(chunks: AsyncIterator[bytes], encoding: str, limit: int) -> bytes:
    """Put the chunks together, unpacked.

    Args:
        chunks: as received.
        encoding: the value of Content-Encoding, or empty.
        limit: bytes that the unpacked body may have.

    Raises:
        EgressError: `answer_too_large`, as soon as it is known; `bad_answer` when it cannot be unpacked.
    """
    coding = encoding.strip().lower()
    unpack = None if coding in ("", "identity") else _Unpacker(coding, limit)
    parts: list[bytes] = []
    received = kept = 0
    most_received = limit if unpack is None else limit + _SLACK
    async for chunk in chunks:
        received += len(chunk)
        if received > most_received:
            raise too_large(limit)
        data = chunk if unpack is None else unpack.feed(chunk, limit - kept)
        kept += len(data)
        parts.append(data)
    if unpack is not None:
        unpack.finish()
    return parts[0] if len(parts) == 1 else b"".join(parts)


def too_large(limit: int) -> EgressError:
    """The error for an answer beyond the limit."""
    return EgressError(
        "answer_too_large",
        f"The answer is larger than {limit} bytes.",
        hint="Ask the other side for less, or raise the limit.",
    )


def bad_answer(what: str) -> EgressError:
    """The error for an answer that breaks the rules of HTTP."""
    return EgressError("bad_answer", f"The answer cannot be read: {what}.", hint="Look at the other side.")


class _Unpacker:
    """Unpacks gzip, in one or several members, or deflate."""

    def __init__(self, coding: str, limit: int) -> None:
        if coding not in _WINDOW:
            raise bad_answer(f"it is packed as {coding[:40]!r}, which was not asked for")
        self._coding = coding
        self._limit = limit
        self._stream = zlib.decompressobj(_WINDOW[coding])
        self._is_first = True

    def feed(self, data: bytes, room: int) -> bytes:
        """Unpack the next bytes; `room` is how many more may come out."""
        parts: list[bytes] = []
        while data:
            if self._stream.eof:
                self._stream = zlib.decompressobj(_WINDOW[self._coding])
            out = self._inflate(data, room + 1)
            room -= len(out)
            if room < 0:
                raise too_large(self._limit)
            parts.append(out)
            data = self._stream.unused_data
        return b"".join(parts)

    def finish(self) -> None:
        """See that nothing is missing."""
        if not self._is_first and not self._stream.eof:
            raise bad_answer("it breaks off")

    def _inflate(self, data: bytes, most: int) -> bytes:
        try:
            out = self._stream.decompress(data, most)
        except zlib.error as error:
            # Some servers mean the bare format when they say deflate.
            if not self._is_first or self._coding != "deflate":
                raise bad_answer("its compression is damaged") from error
            self._stream = zlib.decompressobj(-15)
            self._is_first = False
            return self._inflate(data, most)
        self._is_first = False
        return out
