"""Which changes of a server's status its page offers."""

from dataclasses import dataclass

from inventory.models import Server

S = Server.Status


@dataclass(frozen=True, slots=True)
class Move:
    """A button: the status that it sets, and how it looks."""

    status: str
    label: str
    icon: str


_START = Move(S.starting, "Start", "player-play")
_STOP = Move(S.stopping, "Stop", "player-stop")
_RESTART = Move(S.restarting, "Restart", "repeat")
_ONLINE = Move(S.online, "It is online", "circle-check")
_OFFLINE = Move(S.offline, "It is offline", "circle-check")

MOVES: dict[str, tuple[Move, ...]] = {
    S.online: (_STOP, _RESTART),
    S.offline: (_START,),
    S.starting: (_ONLINE, _STOP),
    S.restarting: (_ONLINE, _STOP),
    S.stopping: (_OFFLINE,),
    S.suspended: (_START,),
}


def moves_of(server: Server) -> tuple[Move, ...]:
    """What can be done with the server now; nothing with one that was deleted."""
    return () if server.deleted_at else MOVES.get(server.status, ())
