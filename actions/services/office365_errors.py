"""What Microsoft's refusals mean, in words that say what to do, each with the ID that its support asks for."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from actions.services.http import RETRYABLE_STATUSES, retry_after_seconds
from flows.sdk import NodeContext, NodeError

if TYPE_CHECKING:
    import requests

CONSENT: Final = "Azure portal → App registrations → the app → API permissions"
MOST_OF_AN_ID: Final = 100

_SECOND_FACTOR = (
    "second_factor",
    "This user needs a second factor or another device to sign in, which a password alone cannot give.",
    "Sign in with an application (client ID and secret) instead.",
)
_BAD_SECRET = (
    "bad_client_secret",
    "Microsoft does not accept the client secret.",
    "Copy the Value of the secret from Certificates & secrets, not its ID; make a new one if it was not kept.",
)
_NO_CONSENT = (
    "no_consent",
    "Nobody has consented to what the application asks for.",
    f"Let an administrator choose Grant admin consent: {CONSENT}.",
)
_SIGN_IN: Final[Mapping[int, tuple[str, str, str]]] = {
    7000215: _BAD_SECRET,
    7000222: (
        "client_secret_expired",
        "The client secret has expired.",
        "Make a new one under Certificates & secrets, and put its Value into the credential.",
    ),
    700016: (
        "unknown_application",
        "The tenant has no application with this client ID.",
        "Copy the Application (client) ID from the overview of the app registration, and check the tenant.",
    ),
    90002: (
        "unknown_tenant",
        "Microsoft does not know the tenant.",
        "Write the full domain, such as company.onmicrosoft.com, or the directory ID.",
    ),
    50126: ("bad_password", "Microsoft does not accept the user name with this password.", "Correct them."),
    50034: (
        "unknown_user",
        "The tenant has no such user.",
        "Write the name in full, such as user@company.onmicrosoft.com.",
    ),
    50055: (
        "password_expired",
        "The user's password has expired.",
        "Sign in once by hand and choose a new one.",
    ),
    50053: ("user_locked", "The user is locked.", "Wait, or let an administrator unlock the user."),
    50057: ("user_disabled", "The user is disabled.", "Let an administrator enable the user."),
    7000218: (
        "no_public_client",
        "The application does not let users sign in with a password alone.",
        "Choose Allow public client flows under Authentication of the app registration, or sign in with its secret.",
    ),
    65001: _NO_CONSENT,
    **dict.fromkeys((50076, 50079, 50072, 50074, 50158, 53000, 53001, 53003, 53004), _SECOND_FACTOR),
}


def sign_in_error(answer: Mapping[str, Any], *, is_application: bool) -> NodeError:
    """What it means that there is no token. Of the description only the number of the error is read."""
    request_id = str(answer.get("trace_id") or answer.get("correlation_id") or "")
    codes = [code for code in answer.get("error_codes") or () if isinstance(code, int)]
    known = next((_SIGN_IN[code] for code in codes if code in _SIGN_IN), None)
    if known is None and answer.get("error") == "invalid_client":
        known = _BAD_SECRET
    if known is None and answer.get("suberror") in ("basic_action", "consent_required"):
        known = _SECOND_FACTOR
    retryable = answer.get("error") in ("temporarily_unavailable", "server_error")
    number = f" (AADSTS{codes[0]})" if codes else ""
    code, message, hint = known or (
        "sign_in_failed",
        f"Microsoft does not let the {'application' if is_application else 'user'} sign in.",
        "Look the number up at https://login.microsoftonline.com/error.",
    )
    field = "tenant" if code == "unknown_tenant" else None
    return NodeError(
        code, f"{message[:-1]}{number}.", hint=with_id(hint, request_id), field=field, retryable=retryable
    )


def graph_error(
    ctx: NodeContext, answer: "requests.Response", *, wanted: tuple[str, ...], about: str, user: str
) -> NodeError:
    """What an answer of Graph other than 2xx means. Its text is not told.

    Args:
        wanted: the permissions that the call needs.
        about: what was asked for, such as `list`, `task` or `user`.
        user: whose it is; empty for the one who signs in.
    """
    error = error_of(answer)
    code, status = str(error.get("code") or ""), answer.status_code
    request_id = request_id_of(answer)
    if code == "UnknownError" and not error.get("message"):
        return missing_permission(wanted, request_id)
    if about == "user" and status in (401, 403, 404):
        return NodeError(
            "no_access_to_user",
            f"The data of the user {user} cannot be read.",
            hint=with_id(
                "Check the user's object ID; the application needs the permission User.Read.All.", request_id
            ),
            field="user_id",
        )
    if status == 401:
        return NodeError(
            "token_refused",
            "Microsoft Graph does not accept the token.",
            hint=with_id("Check the tenant, and whether the user has a mailbox.", request_id),
        )
    if status == 403:
        return missing_permission(wanted, request_id)
    if status == 404:
        return NodeError(
            "not_found",
            f"Microsoft To Do has no such {about}.",
            hint=with_id("It may have been deleted. Choose another one.", request_id),
            field=about if about == "list" else None,
        )
    retryable = status in RETRYABLE_STATUSES or status >= 500
    return NodeError(
        "throttled" if status == 429 else "http_status",
        f"Microsoft Graph answered {status}{f' ({code[:60]})' if code.isalnum() else ''}.",
        hint=with_id(
            "It is tried again as the retries say." if retryable else "Check the values.", request_id
        ),
        retryable=retryable,
        retry_after=retry_after_seconds(ctx, answer.headers.get("retry-after", "")) if retryable else None,
    )


def missing_permission(names: tuple[str, ...] | list[str], request_id: str = "") -> NodeError:
    """The application lacks these permissions, or nobody consented to them."""
    listed = " and ".join(names)
    return NodeError(
        "missing_permission",
        f"The permission {listed} is missing, or nobody has consented to it.",
        hint=with_id(f"Add it and choose Grant admin consent: {CONSENT}.", request_id),
    )


def error_of(answer: "requests.Response") -> Mapping[str, Any]:
    """What Graph says of an error; empty when it says nothing that can be read."""
    try:
        found = answer.json().get("error")
    except (ValueError, AttributeError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def request_id_of(answer: "requests.Response") -> str:
    """The ID by which Microsoft's support finds the request."""
    inner = error_of(answer).get("innerError")
    told = inner.get("request-id") if isinstance(inner, dict) else None
    return str(told or answer.headers.get("request-id") or "")


def with_id(hint: str, request_id: str) -> str:
    """The hint with the ID, when there is one that looks like one."""
    plain = request_id[:MOST_OF_AN_ID]
    return f"{hint} Request ID for Microsoft's support: {plain}" if plain.replace("-", "").isalnum() else hint
