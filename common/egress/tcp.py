"""Plain connections to checked addresses, for everything that is not HTTP."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from common.egress.errors import EgressError, timed_out, unreachable
from common.egress.failures import tls_failed
from common.egress.lifetime import Lifetime
from common.egress.policy import Address, PolicySource, default_source
from common.egress.psk import psk_context
from common.egress.resolve import check_all, look_up, look_up_within, resolver_here
from common.egress.tls import context_of
from common.egress.urls import parse_host
from common.tls import Tls


def checked_addresses(
    host: str,
    port: int,
    *,
    source: PolicySource | None = None,
    http: bool = False,
    lifetime: Lifetime | None = None,
) -> tuple[Address, ...]:
    """Every address of a host, each of them allowed. Send to one of these and look nothing up again, UDP too.

    Raises:
        EgressError: `bad_url`, `unreachable`, `address_refused`, `timed_out`.
    """
    name, address = parse_host(host)
    if address is not None:
        addresses: tuple[Address, ...] = (address,)
    else:
        addresses = look_up_within(name, lifetime.left(host)) if lifetime else look_up(name)
    check_all(host, port, addresses, (source or default_source()).current(), http=http)
    return addresses


async def find_addresses(
    host: str, port: int, *, source: PolicySource | None = None, http: bool = False
) -> tuple[Address, ...]:
    """`checked_addresses` for an event loop, which waits for as long as the name server takes.

    Raises:
        EgressError: `bad_url`, `unreachable`, `address_refused`.
    """
    found = addresses_at_hand(host, port, source=source, http=http)
    if found is not None:
        return found
    name, address = parse_host(host)
    addresses = (address,) if address is not None else await resolver_here().addresses(name)
    check_all(host, port, addresses, await (source or default_source()).wait(), http=http)
    return addresses


def addresses_at_hand(
    host: str, port: int, *, source: PolicySource | None = None, http: bool = False
) -> tuple[Address, ...] | None:
    """`find_addresses` where there is nothing to wait for; None where there is.

    Raises:
        EgressError: `bad_url`, `address_refused`.
    """
    name, address = parse_host(host)
    addresses = (address,) if address is not None else resolver_here().kept(name)
    policy = (source or default_source()).at_hand()
    if addresses is None or policy is None:
        return None
    check_all(host, port, addresses, policy, http=http)
    return addresses


def connect(
    host: str,
    port: int,
    timeout: float,
    *,
    source: PolicySource | None = None,
    http: bool = False,
    lifetime: Lifetime | None = None,
) -> socket.socket:
    """A connected TCP socket to a checked address; the caller closes it.

    Args:
        timeout: seconds for each address, and then for each operation of the socket.
        http: whether it goes to the ports of HTTP only.
        lifetime: no connection is waited for longer than it lasts.

    Raises:
        EgressError: `bad_url`, `unreachable`, `address_refused`, `timed_out`.
    """
    addresses = checked_addresses(host, port, source=source, http=http, lifetime=lifetime)
    failure: OSError | None = None
    for address in addresses:
        connection = socket.socket(_family(address), socket.SOCK_STREAM)
        try:
            connection.settimeout(min(timeout, lifetime.left(host)) if lifetime else timeout)
            connection.connect((str(address), port))
            connection.settimeout(timeout)
        except OSError as error:
            failure = error
            connection.close()
        except BaseException:
            connection.close()
            raise
        else:
            return connection
    raise _failed(host, failure, timeout)


async def open_socket(
    host: str, port: int, timeout: float, *, source: PolicySource | None = None
) -> socket.socket:
    """A connected, non-blocking TCP socket to a checked address; the caller closes it.

    Raises:
        EgressError: `bad_url`, `unreachable`, `address_refused`, `timed_out`.
    """
    try:
        async with asyncio.timeout(timeout):
            return await _open(host, port, await find_addresses(host, port, source=source))
    except TimeoutError as error:
        raise timed_out(host, timeout) from error


async def open_stream(
    host: str, port: int, timeout: float, *, tls: Tls | None = None, source: PolicySource | None = None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A stream to a checked address, secured when `tls` is given; the caller closes it.

    Args:
        timeout: seconds until it is connected, and as many for the handshake.

    Raises:
        EgressError: `bad_url`, `unreachable`, `address_refused`, `timed_out`, `tls_failed`, `bad_certificate`.
    """
    async with _secured(tls) as context:
        connection = await open_socket(host, port, timeout, source=source)
        try:
            async with asyncio.timeout(timeout):
                name = (tls.server_name or host.strip("[]")) if tls else None
                return await asyncio.open_connection(sock=connection, ssl=context, server_hostname=name)
        except ssl.SSLError as error:
            raise tls_failed(host, error) from error
        except TimeoutError as error:
            raise timed_out(host, timeout) from error
        except OSError as error:
            raise unreachable(host, "it hung up") from error


@asynccontextmanager
async def _secured(tls: Tls | None) -> AsyncIterator[ssl.SSLContext | None]:
    if tls is None:
        yield None
    elif tls.psk:
        with psk_context(tls.psk_identity, tls.psk) as context:
            yield context
    else:
        yield await asyncio.to_thread(context_of, tls)


async def _open(host: str, port: int, addresses: Sequence[Address]) -> socket.socket:
    loop = asyncio.get_running_loop()
    failure: OSError | None = None
    for address in addresses:
        connection = socket.socket(_family(address), socket.SOCK_STREAM)
        connection.setblocking(False)
        try:
            await loop.sock_connect(connection, (str(address), port))
        except OSError as error:
            failure = error
            connection.close()
        except BaseException:
            connection.close()
            raise
        else:
            return connection
    raise _failed(host, failure, None)


def _family(address: Address) -> socket.AddressFamily:
    return socket.AF_INET if address.version == 4 else socket.AF_INET6


def _failed(host: str, failure: OSError | None, timeout: float | None) -> EgressError:
    if isinstance(failure, TimeoutError):
        return timed_out(host, timeout or 0)
    if isinstance(failure, ConnectionRefusedError):
        return unreachable(host, "nothing listens there")
    return unreachable(host, ((failure and failure.strerror) or "the connection failed").lower())
