"""The socket that web processes accept from. Without Django, for the launcher."""

import socket
from typing import Final

BACKLOG: Final = 1024


def listen(host: str, port: int) -> socket.socket:
    """A socket on which connections wait.

    Raises:
        OSError: the address is taken or not of this machine.
        UnicodeError: it is not a host name.
    """
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except (OSError, UnicodeError):
        listener.close()
        raise
    return listener
