"""Which event a change of a server's status is."""

from inventory.models import Server

_RUNNING = (Server.Status.online, Server.Status.starting, Server.Status.restarting)
_ENTERED = {
    Server.Status.starting: "server.start",
    Server.Status.stopping: "server.stop",
    Server.Status.restarting: "server.restart",
}


def event_of_change(before: str, after: str) -> str | None:
    """The event type that going from one status to another fires, or None.

    Entering `starting`, `stopping` or `restarting` fires. So does skipping them: from offline straight to
    online, and from running straight to offline.
    """
    if before == after:
        return None
    if after in _ENTERED:
        return _ENTERED[Server.Status(after)]
    if before == Server.Status.offline and after == Server.Status.online:
        return "server.start"
    if before in _RUNNING and after == Server.Status.offline:
        return "server.stop"
    return None
