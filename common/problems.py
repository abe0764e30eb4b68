"""The one exception that becomes an error answer, and the shape that all errors have."""

from collections.abc import Mapping
from typing import Any, TypedDict, Unpack

from common.failure import Failure


class More(TypedDict, total=False):
    """What a problem may tell beside code and message; see `Problem`."""

    hint: str
    field: str | None
    extra: Mapping[str, Any] | None


class Problem(Failure):
    """A request cannot be done, and the sender can do something about it.

    Args:
        status: the HTTP status to answer with.
        extra: further plain JSON members of the answer; `retry_after` makes it retryable.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        hint: str = "",
        field: str | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        self.extra = dict(extra or {})
        wait = self.extra.get("retry_after")
        super().__init__(code, message, hint=hint, field=field, retryable=wait is not None, retry_after=wait)
        self.status = status

    def as_json(self) -> dict[str, Any]:
        """An RFC 9457 problem document, without the request id."""
        return {
            "type": f"/problems/{self.code}",
            "title": self.code.replace("_", " ").capitalize(),
            "status": self.status,
            "detail": self.message,
            "code": self.code,
            "hint": self.hint,
            "field": self.field,
            **self.extra,
        }


def bad_value(code: str, message: str, **more: Unpack[More]) -> Problem:
    """400: what was sent cannot be used."""
    return Problem(400, code, message, **more)


def forbidden(code: str, message: str, **more: Unpack[More]) -> Problem:
    """403: the sender is known and may not do this."""
    return Problem(403, code, message, **more)


def not_found(message: str, **more: Unpack[More]) -> Problem:
    """404 `not_found`: the same answer for what is unknown and for what belongs to others."""
    return Problem(404, "not_found", message, **more)


def conflict(code: str, message: str, **more: Unpack[More]) -> Problem:
    """409: it could be done, were things otherwise; the message says which."""
    return Problem(409, code, message, **more)
