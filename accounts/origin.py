"""From where something is done: the way in and the address. The audit trail keeps both."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.http import HttpRequest, HttpResponse


class Way(StrEnum):
    page = "page"
    api = "api"
    connector = "connector"
    """The API of the Workflow feature, which existing connectors speak."""
    link = "link"
    """A signed link in a mail."""
    chat = "chat"
    """One in a chat message."""
    admin = "admin"
    """Django's admin."""
    command = "command"
    """`manage.py`."""
    program = "program"
    """The program by itself: a run, a schedule, a deadline."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The way in, and the address that the request came from; empty where there is none."""

    way: Way = Way.program
    address: str = ""


PREFIXES: Final = (("/api/v1/", Way.api), ("/api/", Way.connector), ("/admin/", Way.admin))
_here: ContextVar[Origin | None] = ContextVar("origin", default=None)
_of_process: list[Origin] = [Origin()]


def origin() -> Origin:
    """Of what is going on here."""
    return _here.get() or _of_process[0]


def is_command() -> None:
    """This process was started by somebody at a shell."""
    _of_process[0] = Origin(Way.command)


@contextmanager
def coming_from(come: Origin) -> Iterator[None]:
    """All that is done in the block comes from there."""
    token = _here.set(come)
    try:
        yield
    finally:
        _here.reset(token)


class OriginMiddleware:
    """Tells where each request comes from. What proxies say of the address is settled before."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        way = next((way for prefix, way in PREFIXES if request.path.startswith(prefix)), Way.page)
        with coming_from(Origin(way, request.META.get("REMOTE_ADDR", "")[:45])):
            return self.get_response(request)
