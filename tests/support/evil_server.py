"""An HTTP server that does what other servers should not, and remembers who came."""

import asyncio
import gzip
import json
import ssl
import zlib
from collections.abc import Awaitable, Callable
from types import TracebackType
from urllib.parse import parse_qs, unquote, urlsplit

Writer = asyncio.StreamWriter
GIB = 1 << 30


class EvilServer:
    """`async with EvilServer() as server:` serves on a free port of 127.0.0.1.

    `requests` holds what came, as (method, target, headers, body); `connections` counts them.

    Args:
        always: the path (and query) whose answer every path has.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: ssl.SSLContext | None = None,
        always: str = "",
    ) -> None:
        self.host, self.port, self.tls, self.always = host, port, tls, always
        self.connections = 0
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []
        self._open: set[Writer] = set()

    async def __aenter__(self) -> "EvilServer":
        self._server = await asyncio.start_server(self._serve, self.host, self.port, ssl=self.tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for writer in list(self._open):
            writer.transport.abort()
        await asyncio.sleep(0.01)

    def url(self, path: str = "/") -> str:
        """An absolute URL of this server."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}{path}"

    async def _serve(self, reader: asyncio.StreamReader, writer: Writer) -> None:
        self.connections += 1
        self._open.add(writer)
        try:
            while await self._one(reader, writer):
                pass
        except (OSError, EOFError, asyncio.IncompleteReadError):
            pass
        finally:
            self._open.discard(writer)
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: Writer) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        line, *rest = head.rstrip("\r\n").split("\r\n")
        method, target, _ = line.split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (text.partition(":") for text in rest)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        self.requests.append((method, target, headers, body))
        parts = urlsplit(self.always or target)
        act = ACTS.get(parts.path.rstrip("/") or "/echo", echo)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        await act(writer, {"method": method, "headers": headers, "body": body.decode("latin-1"), **query})
        await writer.drain()
        return act in STAYING


Ask = dict[str, object]
Act = Callable[[Writer, Ask], Awaitable[None]]


def head(writer: Writer, status: str = "200 OK", **headers: object) -> None:
    """Write the head of an answer."""
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    writer.write(f"HTTP/1.1 {status}\r\n{lines}\r\n".encode("latin-1"))


async def echo(writer: Writer, ask: Ask) -> None:
    raw = json.dumps(ask).encode()
    head(writer, Content_Length=len(raw), Set_Cookie="a=b; Path=/", X_Twice="1\r\nX-Twice: 2")
    if ask["method"] != "HEAD":
        writer.write(raw)


async def redirect(writer: Writer, ask: Ask) -> None:
    head(
        writer,
        f"{ask.get('status', '302')} Found",
        Location=unquote(str(ask["to"])),
        Content_Length=0,
        Set_Cookie="r=1; Path=/",
    )


async def loop_forever(writer: Writer, ask: Ask) -> None:
    head(writer, "302 Found", Location="/loop?" + "x" * 3, Content_Length=0)


async def slow(writer: Writer, ask: Ask) -> None:
    head(writer, Content_Length=1000)
    for _ in range(1000):
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


async def slow_head(writer: Writer, ask: Ask) -> None:
    for letter in b"HTTP/1.1 200 OK\r\nX: " + b"y" * 1000:
        writer.write(bytes([letter]))
        await writer.drain()
        await asyncio.sleep(0.05)


async def huge(writer: Writer, ask: Ask) -> None:
    head(writer, Content_Length=10 * GIB)
    await _pour(writer, lambda: b"x" * 65_536)


async def endless(writer: Writer, ask: Ask) -> None:
    head(writer, Transfer_Encoding="chunked")
    await _pour(writer, lambda: b"10000\r\n" + b"x" * 65_536 + b"\r\n")


async def until_close(writer: Writer, ask: Ask) -> None:
    head(writer)
    await _pour(writer, lambda: b"x" * 65_536)


async def bomb(writer: Writer, ask: Ask) -> None:
    """Ten GiB of zeros, packed as they go."""
    packer = zlib.compressobj(9, wbits=31)
    head(writer, Content_Encoding="gzip")
    await _pour(writer, lambda: packer.compress(b"\0" * (1 << 22)) + packer.flush(zlib.Z_SYNC_FLUSH))


async def packed(writer: Writer, ask: Ask) -> None:
    """A small body in the coding that is asked for, good or damaged."""
    how = str(ask.get("how", "gzip"))
    bodies = {
        "gzip": ("gzip", gzip.compress(b"hello")),
        "members": ("gzip", gzip.compress(b"hel") + gzip.compress(b"lo")),
        "deflate": ("deflate", zlib.compress(b"hello")),
        "bare": ("deflate", zlib.compress(b"hello")[2:-4]),
        "cut": ("gzip", gzip.compress(b"hello" * 50)[:-9]),
        "damaged": ("gzip", b"no gzip at all"),
        "twice": ("gzip, gzip", gzip.compress(gzip.compress(b"hello"))),
        "brotli": ("br", b"hello"),
        "identity": ("identity", b"hello"),
    }
    coding, body = bodies[how]
    head(writer, Content_Encoding=coding, Content_Length=len(body))
    writer.write(body)


async def big_header(writer: Writer, ask: Ask) -> None:
    head(writer, X="y" * 1_000_000, Content_Length=0)


async def many_headers(writer: Writer, ask: Ask) -> None:
    head(writer, **{f"X_{n}": n for n in range(5000)}, Content_Length=0)


async def never_final(writer: Writer, ask: Ask) -> None:
    while True:
        writer.write(b"HTTP/1.1 102 Processing\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(0.01)


async def garbage(writer: Writer, ask: Ask) -> None:
    writer.write(b"\x00\x01 no http \r\n\r\n")


async def hang_up(writer: Writer, ask: Ask) -> None:
    writer.close()


async def break_off(writer: Writer, ask: Ask) -> None:
    head(writer, Content_Length=100)
    writer.write(b"half")


async def sleep(writer: Writer, ask: Ask) -> None:
    await asyncio.sleep(60)


async def _pour(writer: Writer, make: Callable[[], bytes]) -> None:
    sent = 0
    while sent < GIB:
        data = make()
        sent += len(data)
        writer.write(data)
        await writer.drain()
        await asyncio.sleep(0)  # `drain` alone lets nobody else run while the kernel still takes bytes


STAYING = {echo, redirect, loop_forever, packed}
ACTS: dict[str, Act] = {
    "/echo": echo,
    "/redirect": redirect,
    "/loop": loop_forever,
    "/slow": slow,
    "/slow-head": slow_head,
    "/huge": huge,
    "/endless": endless,
    "/until-close": until_close,
    "/bomb": bomb,
    "/packed": packed,
    "/big-header": big_header,
    "/many-headers": many_headers,
    "/never-final": never_final,
    "/garbage": garbage,
    "/hang-up": hang_up,
    "/break-off": break_off,
    "/sleep": sleep,
}
