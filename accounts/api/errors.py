"""Every error of the API as a problem document (RFC 9457)."""

from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, SuspiciousOperation, ValidationError
from django.db.models import ProtectedError
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from common.problems import Problem, bad_value, conflict, not_found
from common.request_ids import current_request_id

CONTENT_TYPE = "application/problem+json"

NOT_FOUND = not_found(
    "There is no such thing.",
    hint="Check the id: it may be gone, or another's.",
)
BROKEN = Problem(
    500, "server_error", "Something broke on our side.", hint="Try again; if it stays, give the request id."
)

_FORESEEN: dict[type[Exception], Problem] = {
    ProtectedError: conflict("in_use", "Other things still belong to it.", hint="Remove those first."),
    SuspiciousOperation: bad_value("bad_request", "The request cannot be read.", hint="Check its headers."),
}

_HINTS = {
    "required": "Send this field.",
    "blank": "Give it a value.",
    "null": "Give it a value, or leave the field out.",
    "invalid_choice": "Use one of the documented values.",
    "max_length": "Shorten it.",
    "unknown_field": "Leave the field out, or check its spelling.",
    "read_only_field": "Leave the field out: it cannot be set.",
}
_STATUS_HINTS = {
    401: "Sign in, or send an API token: Authorization: Bearer hf_…",
    403: "Ask an admin for a role, or use a token with that scope.",
    405: "See /api/docs/ for the methods of this address.",
    406: "Ask for application/json.",
    415: "Send application/json.",
    429: "Wait as long as Retry-After says.",
}


def handle(exc: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. None for what we did not foresee, which becomes the site's own 500."""
    problem = as_problem(exc)
    if problem is None:
        return None
    set_rollback()
    response = Response(document(problem), status=problem.status, content_type=CONTENT_TYPE)
    if isinstance(exc, exceptions.APIException):
        if header := getattr(exc, "auth_header", None):
            response["WWW-Authenticate"] = header
        if wait := getattr(exc, "wait", None):
            response["Retry-After"] = str(int(wait) + 1)
    elif "retry_after" in problem.extra:
        response["Retry-After"] = str(problem.extra["retry_after"])
    return response


def as_problem(exc: Exception) -> Problem | None:
    """The problem that an exception stands for, if it is one that we foresee."""
    if isinstance(exc, Problem):
        return exc
    if isinstance(exc, exceptions.ValidationError):
        return invalid(list(_flatten(exc.detail)))
    if isinstance(exc, ValidationError):
        return invalid(list(_django_errors(exc)))
    if isinstance(exc, Http404 | exceptions.NotFound):
        return NOT_FOUND
    if isinstance(exc, PermissionDenied):
        return _from_api_exception(exceptions.PermissionDenied())
    if isinstance(exc, exceptions.APIException):
        return _from_api_exception(exc)
    return next((problem for kind, problem in _FORESEEN.items() if isinstance(exc, kind)), None)


def invalid(errors: list[dict[str, Any]]) -> Problem:
    """A body with one or more fields at fault; the first one is also the problem's own field."""
    first: dict[str, Any] = errors[0] if errors else _error("", "invalid", "The request is not valid.")
    return bad_value(
        "invalid", first["message"], hint=first["hint"], field=first["field"], extra={"errors": errors}
    )


def document(problem: Problem) -> dict[str, Any]:
    """The body. A 404 carries no request id: foreign and unknown ids must not differ by a byte."""
    body = problem.as_json()
    body.setdefault("errors", [])
    if problem.status != HTTPStatus.NOT_FOUND:
        body["request_id"] = current_request_id()
    return body


def answer(problem: Problem, request: HttpRequest) -> JsonResponse:
    """The problem as a plain Django response, for middleware and the site's error handlers."""
    return JsonResponse(document(problem), status=problem.status, content_type=CONTENT_TYPE)


def is_api_view(view: Callable[..., Any] | None) -> bool:
    """Whether a view answers with problem documents: every view of the REST framework does."""
    return isinstance(getattr(view, "cls", None), type)


def wants_document(request: HttpRequest) -> bool:
    """Whether an error is told as a problem document: by the view that was found; without one, by the address."""
    found = request.resolver_match
    return is_api_view(found.func) if found else request.path_info.startswith("/api/")


def _from_api_exception(exc: exceptions.APIException) -> Problem:
    detail = exc.detail
    if isinstance(detail, exceptions.ErrorDetail):
        code, message = detail.code or exc.default_code, str(detail)
    else:
        code, message = exc.default_code, str(exc.default_detail)
    if isinstance(exc, exceptions.PermissionDenied) and code == "permission_denied":
        code, message = "not_allowed", "Your role or token does not allow this."
    if isinstance(exc, exceptions.Throttled):
        message = "Too many requests."
    return Problem(exc.status_code, code, message, hint=_STATUS_HINTS.get(exc.status_code, ""))


def _flatten(detail: Any, path: str = "") -> Iterator[dict[str, Any]]:
    if isinstance(detail, dict):
        for key, value in detail.items():
            yield from _flatten(value, path if key == "non_field_errors" else _join(path, str(key)))
    elif isinstance(detail, list):
        for index, value in enumerate(detail):
            is_leaf = not isinstance(value, dict | list)
            if value:
                yield from _flatten(value, path if is_leaf else _join(path, str(index)))
    else:
        yield _error(path, getattr(detail, "code", "invalid"), str(detail))


def _django_errors(exc: ValidationError) -> Iterator[dict[str, Any]]:
    if hasattr(exc, "error_dict"):
        for field, errors in exc.error_dict.items():
            for error in errors:
                path = "" if field == "__all__" else field
                yield from (_error(path, error.code or "invalid", message) for message in error.messages)
    else:
        yield from (_error("", exc.code or "invalid", message) for message in exc.messages)


def _error(path: str, code: str, message: str) -> dict[str, Any]:
    return {"field": path or None, "code": code, "message": message, "hint": _HINTS.get(code, "")}


def _join(path: str, part: str) -> str:
    return f"{path}.{part}" if path else part
