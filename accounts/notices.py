"""What people should look at, above their pages until they have seen it. Each app tells of its own."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Literal

from django.http import HttpRequest

from accounts.actors import Actor

SESSION_KEY: Final = "seen_notices"
MOST_SEEN: Final = 200
MOST_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to look at.

    Args:
        key: names the thing and its present state: another state is another notice.
        url: of the page where one does something about it.
    """

    key: str
    text: str
    url: str
    level: Literal["warning", "danger"] = "warning"


Teller = Callable[[Actor], Iterable[Notice]]
_tellers: list[Teller] = []


def register(teller: Teller) -> None:
    """Have the notices of an app shown; it is asked beside each page, so it looks at little."""
    if teller not in _tellers:
        _tellers.append(teller)


def unseen(request: HttpRequest, actor: Actor) -> list[Notice]:
    """Those that this session has not put away, the first few."""
    seen = set(request.session.get(SESSION_KEY, ()))
    found = [notice for tell in _tellers for notice in tell(actor) if notice.key not in seen]
    return found[:MOST_SHOWN]


def put_away(request: HttpRequest, key: str) -> None:
    """Show this one no more in this session, as long as its state stays."""
    seen = [one for one in request.session.get(SESSION_KEY, ()) if one != key]
    request.session[SESSION_KEY] = [*seen, key][-MOST_SEEN:]
