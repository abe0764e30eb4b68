"""What the failures of the network mean for whoever sent the request."""

import ssl

import aiohttp

from common.egress.bodies import bad_answer
from common.egress.errors import EgressError, timed_out, unreachable
from common.egress.urls import Target

_CONNECT_SECONDS = 5.0


def explain(error: Exception, target: Target) -> EgressError:
    """The error that says in one sentence what an exception of the HTTP library means."""
    if isinstance(error, (aiohttp.ClientSSLError, ssl.SSLError)):
        return tls_failed(target.host, error)
    if isinstance(error, TimeoutError):
        return timed_out(target.host, _CONNECT_SECONDS)
    if isinstance(error, aiohttp.ClientConnectorError):
        return unreachable(target.authority, _reason(error.os_error))
    if isinstance(error, aiohttp.ClientPayloadError):
        return unreachable(target.authority, "it broke off in the middle of the answer")
    if isinstance(error, aiohttp.ClientResponseError):
        return bad_answer("it is not HTTP, or its headers are too large")
    return unreachable(target.authority, "it hung up without an answer")


def tls_failed(host: str, error: BaseException) -> EgressError:
    """The error for a certificate or a handshake that is not right."""
    cause: BaseException | None = error
    # aiohttp's own certificate error is one by type, yet does not say what is wrong; its cause does.
    while cause is not None and not getattr(cause, "verify_message", ""):
        cause = cause.__cause__ or cause.__context__
    reason = getattr(cause, "verify_message", "")
    why = f"its certificate is not valid: {reason}" if reason else "the handshake failed"
    return EgressError(
        "tls_failed",
        f"No safe connection to {host}: {why}.",
        hint="Correct the certificate of the other side.",
        field="url",
    )


def _reason(error: OSError) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "nothing listens there"
    return (error.strerror or "the connection failed").lower().rstrip(".")
