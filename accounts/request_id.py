"""An id for each request, in its answer and in every log line that it causes."""

from collections.abc import Callable
from contextvars import ContextVar

import structlog
from django.http import HttpRequest, HttpResponse

from common.ids import new_id

_current: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    """The id of the request at hand; empty outside of one."""
    return _current.get()


class RequestIdMiddleware:
    """Gives the id. One sent by the client is not taken over: it could forge log lines of another request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the header `X-Request-ID`."""
        request_id = new_id().hex
        mark = _current.set(request_id)
        structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            response = self.get_response(request)
        finally:
            structlog.contextvars.unbind_contextvars("request_id")
            _current.reset(mark)
        response["X-Request-ID"] = request_id
        return response
