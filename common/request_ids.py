"""The id of the request at hand: in its answer and in every log line that it causes."""

from contextvars import ContextVar, Token

import uuid_utils

_current: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    """The id of the request at hand; empty outside of one."""
    return _current.get()


def begin_request() -> tuple[str, Token[str]]:
    """Give the request at hand an id. One that a client sent is not taken over: it could forge another's log lines.

    Returns:
        The id, and what `end_request` needs.
    """
    request_id = uuid_utils.uuid7().hex
    return request_id, _current.set(request_id)


def end_request(mark: Token[str]) -> None:
    _current.reset(mark)
