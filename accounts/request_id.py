"""An id for each request, in its answer and in every log line that it causes."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from common.request_ids import begin_request, current_request_id, end_request

__all__ = ["RequestIdMiddleware", "current_request_id"]


class RequestIdMiddleware:
    """Gives the id, unless the layer around Django gave one already."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the header `X-Request-ID`."""
        if request_id := current_request_id():
            response = self.get_response(request)
        else:
            request_id, mark = begin_request()
            try:
                response = self.get_response(request)
            finally:
                end_request(mark)
        response["X-Request-ID"] = request_id
        return response
