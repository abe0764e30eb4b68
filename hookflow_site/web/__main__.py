"""`python -m hookflow_site.web`: one web process, served by what `WEB_SERVER` names."""

import argparse
import gc
import socket
import sys
from importlib import import_module


def main() -> None:
    """Serve until a signal says stop."""
    gc.disable()  # until all is loaded: nothing of it is garbage
    from django.conf import settings

    from hookflow_site.asgi import application  # it makes Django ready
    from hookflow_site.process import begin_to_serve
    from hookflow_site.web.bounds import Limits
    from hookflow_site.web.listening import listen

    parser = argparse.ArgumentParser(prog="python -m hookflow_site.web", description=__doc__)
    parser.add_argument("--fd", type=int, help="a socket that listens already")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    given = parser.parse_args()
    listener = listen(given.host, given.port) if given.fd is None else socket.socket(fileno=given.fd)
    limits = Limits(
        connections=settings.MAX_CONNECTIONS,
        per_address=settings.MAX_CONNECTIONS_PER_ADDRESS,
        trusted=settings.TRUSTED_PROXIES,
    )
    server = import_module(f"hookflow_site.web.on_{settings.WEB_SERVER}.serve")
    begin_to_serve()
    # Threads that compute hand over ten times as often as usual, so that the event loop waits a tenth as long for each.
    sys.setswitchinterval(0.0005)
    server.serve(application, listener, limits)


if __name__ == "__main__":
    main()
