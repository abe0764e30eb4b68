"""The one exception that becomes an error answer, and the shape that all errors have."""

from collections.abc import Mapping
from typing import Any


class Problem(Exception):
    """A request cannot be done, and the sender can do something about it.

    Args:
        status: the HTTP status to answer with.
        code: what went wrong, in snake case; never changes once released.
        message: one sentence.
        hint: what to do about it.
        field: the input at fault, as a dotted path.
        extra: further plain JSON members of the answer.
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
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.hint = hint
        self.field = field
        self.extra = dict(extra or {})

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
