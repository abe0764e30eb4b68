"""How one try of a delivery went, and the way it goes out."""

import time
from dataclasses import dataclass
from typing import Any, Final

from approvals.original.dto.errors import ENDPOINT_FAILED
from common.egress import EgressError
from common.egress.sync import GuardedSession, SessionError, Way
from common.redact import redact_text

MOST_ANSWER: Final = 65_536
MOST_WAIT: Final = 3600
UNREACHABLE: Final = frozenset({"unreachable", "timed_out", "tls_failed", "address_refused"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one try.

    Args:
        status: what was answered; None: nothing.
        error: `{"code", "message", "hint"}`; None when it is good.
        retry_after: seconds that the other side asks for.
    """

    status: int | None
    ms: int
    error: dict[str, Any] | None = None
    is_unreachable: bool = False
    retry_after: int = 0

    @property
    def is_good(self) -> bool:
        """Whether the connector took it."""
        return self.error is None


def post(url: str, body: bytes, headers: dict[str, str], *, connect: float, read: float) -> Outcome:
    """Send it; both time limits are seconds. Redirects are not followed: the connector is where the setting says."""
    began = time.monotonic()
    try:
        with GuardedSession(Way(timeout=connect + read, max_body_bytes=MOST_ANSWER)) as session:
            answer = session.post(
                url, data=body, headers=headers, timeout=(connect, read), allow_redirects=False
            )
    except EgressError as error:
        failure = _failure(error.message, error.hint, error.code)
        return Outcome(None, _since(began), failure, is_unreachable=error.code in UNREACHABLE)
    except SessionError as error:
        failure = _failure("The connector could not be reached.", type(error).__name__, "unreachable")
        return Outcome(None, _since(began), failure, is_unreachable=True)
    status, ms = answer.status_code, _since(began)
    if 200 <= status < 300:
        return Outcome(status, ms)
    hint = {
        415: "It does not know this media type: try the other body in the connector's settings.",
        404: "Check the path of the endpoint.",
    }.get(status, "Look into the connector's log.")
    failure = _failure(f"The connector answered {status}.", hint, "bad_status")
    return Outcome(status, ms, failure, retry_after=_wait(answer.headers.get("Retry-After", "")))


def _failure(message: str, hint: str, reason: str) -> dict[str, Any]:
    """The original's code stands first, what exactly it was beside it."""
    return {
        "code": ENDPOINT_FAILED,
        "reason": reason,
        "message": redact_text(message)[:500],
        "hint": redact_text(hint)[:500],
    }


def _wait(text: str) -> int:
    return min(int(text), MOST_WAIT) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
