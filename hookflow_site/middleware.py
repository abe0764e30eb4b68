"""The security envelope around Django: its headers on every answer, errors of later middleware included.

What Django never sees (the intake, refused bodies, websockets) gets the same headers from `asgi_limits`.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from hookflow_site.security_headers import SECURITY_HEADERS

Answer = Callable[[HttpRequest], HttpResponse]


class SecurityHeadersMiddleware:
    """Adds the headers that an answer does not have yet. Goes first, so that it sees every answer."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in SECURITY_HEADERS.items():
            response.headers.setdefault(name, value)
        return response
