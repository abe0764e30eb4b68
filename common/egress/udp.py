"""Datagrams that nobody answers, to addresses that were checked before."""

import atexit
import socket
import threading
from collections import OrderedDict
from contextlib import suppress
from typing import Final

from common.egress.errors import EgressError, unreachable

_MOST_KEPT: Final = 256

_Place = tuple[str, int]
_kept: OrderedDict[_Place, socket.socket] = OrderedDict()
_lock: Final = threading.Lock()


def send_datagram(address: str, port: int, content: bytes) -> None:
    """Send it, or say at once that it cannot be sent; nothing is waited for.

    Each place has a socket of its own. What waits for a neighbour that is not there counts against the buffer of the
    socket that it came from, so that a shared one would hold up the datagrams to everybody else. The sockets are kept,
    because firewalls remember each port that one was sent from.

    Args:
        address: as `checked_addresses` gave it.

    Raises:
        EgressError: `unreachable` (retryable).
    """
    place = (address, port)
    with _lock:
        try:
            _socket_of(place).sendto(content, place)
        except BlockingIOError as error:
            raise unreachable(address, "too much waits to be sent there") from error
        except OSError as error:
            _forget(place)
            raise _failed(address, error) from error


def _socket_of(place: _Place) -> socket.socket:
    found = _kept.get(place)
    if found is None:
        found = socket.socket(socket.AF_INET6 if ":" in place[0] else socket.AF_INET, socket.SOCK_DGRAM)
        found.setblocking(False)
        _kept[place] = found
    _kept.move_to_end(place)
    if len(_kept) > _MOST_KEPT:
        _kept.popitem(last=False)[1].close()
    return found


@atexit.register
def _close_all() -> None:
    while _kept:
        _kept.popitem()[1].close()


def _forget(place: _Place) -> None:
    with suppress(KeyError):
        _kept.pop(place).close()


def _failed(address: str, error: OSError) -> EgressError:
    return unreachable(address, (error.strerror or "it cannot be sent").lower())
