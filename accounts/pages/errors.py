"""What the site answers when no view does: problem documents below /api/, pages elsewhere."""

from django.http import HttpRequest, HttpResponse
from django.views import defaults

from accounts.api.errors import BROKEN, NOT_FOUND, answer, wants_document


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """There is no such route or thing."""
    if wants_document(request):
        return answer(NOT_FOUND, request)
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Something broke."""
    if wants_document(request):
        return answer(BROKEN, request)
    return defaults.server_error(request)
