"""Plain connections to checked addresses, for everything that is not HTTP."""

import asyncio
import socket
from collections.abc import Sequence

from common.egress.errors import EgressError, timed_out, unreachable
from common.egress.policy import Address, PolicySource, default_source
from common.egress.resolve import Resolver, check_all, look_up
from common.egress.urls import parse_host


def checked_addresses(host: str, port: int, *, source: PolicySource | None = None) -> tuple[Address, ...]:
    """Every address of a host, each of them allowed. Send to one of these and look nothing up again, UDP too.

    Raises:
        EgressError: `bad_url`, `unreachable`, `address_refused`.
    """
    name, address = parse_host(host)
    addresses = (address,) if address is not None else look_up(name)
    check_all(host, port, addresses, (source or default_source()).current(), http=False)
    return addresses


def connect(host: str, port: int, timeout: float, *, source: PolicySource | None = None) -> socket.socket:
    """A connected TCP socket to a checked address; the caller closes it.

    Args:
        timeout: seconds for each address, and then for each operation of the socket.

    Raises:
        EgressError: `bad_url`, `unreachable`, `address_refused`, `timed_out`.
    """
    return connect_to(host, port, checked_addresses(host, port, source=source), timeout)


def connect_to(host: str, port: int, addresses: Sequence[Address], timeout: float | None) -> socket.socket:
    """A connected TCP socket to the first of these addresses that answers; `host` is only for the error.

    Raises:
        EgressError: `unreachable`, `timed_out`.
    """
    failure: OSError | None = None
    for address in addresses:
        connection = socket.socket(_family(address), socket.SOCK_STREAM)
        connection.settimeout(timeout)
        try:
            connection.connect((str(address), port))
        except OSError as error:
            failure = error
            connection.close()
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
            name, address = parse_host(host)
            addresses = (address,) if address is not None else await Resolver().addresses(name)
            check_all(host, port, addresses, await (source or default_source()).wait(), http=False)
            return await _open(host, port, addresses)
    except TimeoutError as error:
        raise timed_out(host, timeout) from error


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
