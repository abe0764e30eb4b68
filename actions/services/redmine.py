"""Redmine: what a credential holds, and what its answers mean for a step."""

import re
from typing import TYPE_CHECKING, Any, Final

from pydantic import model_validator

from actions.services.base_url import BaseUrl
from actions.services.http import LONGEST_RETRY_AFTER_SECONDS
from actions.services.pem import CaText
from flows.sdk import CredentialFields, NodeContext, NodeError, Secret, Tls, ui

if TYPE_CHECKING:
    import requests

    from actions.services.redmine_client import Client

MAX_SAID: Final = 300
LABELS: Final = {
    "project": "project",
    "tracker": "tracker",
    "status": "status",
    "priority": "priority",
    "subject": "subject",
    "description": "description",
    "assignee": "assignee",
    "category": "category",
    "target version": "version",
}
"""What Redmine calls the fields of an issue, in English, with what we call them."""


class RedmineFields(CredentialFields):
    """Where Redmine is and who signs in."""

    url: BaseUrl = ui(label="Redmine URL", placeholder="https://redmine.example.org", min_length=1)
    api_key: Secret = ui(
        "",
        label="API key",
        help="Redmine shows it under “My account”, when its REST API is switched on.",
    )
    username: str = ui("", label="User name", help="Instead of an API key.", max_length=200)
    password: Secret = ui("", label="Password")
    ca: CaText = ui(
        "", label="Own certificate authority", help="As PEM. Empty trusts the public ones.", widget="textarea"
    )

    @model_validator(mode="after")
    def _opens_something(self) -> "RedmineFields":
        if not self.api_key and not (self.username and self.password):
            raise ValueError("Write an API key, or a user name with its password.")
        return self


def connected(ctx: NodeContext, fields: RedmineFields) -> "Client":
    """A client that goes the guarded way out."""
    from actions.services.redmine_client import Client

    session = ctx.net.session(tls=Tls(ca=fields.ca) if fields.ca else None)
    if fields.api_key:
        session.headers["X-Redmine-API-Key"] = fields.api_key
    else:
        session.auth = (fields.username.encode(), fields.password.encode())  # type: ignore[assignment]  # sent as they are
    return Client(fields.url, session)


def refused(response: "requests.Response") -> NodeError:
    """The failure that an answer other than 2xx is."""
    status = response.status_code
    if status == 422:
        return _invalid(response)
    if status in _REFUSALS:
        code, message, hint, field = _REFUSALS[status]
        return NodeError(code, message, hint=hint, field=field)
    if 300 <= status < 400:
        return NodeError(
            "moved", "Redmine has moved to another address.", hint="Write its new URL into the credential."
        )
    if status in (408, 409, 429) or status >= 500:
        return NodeError(
            "unavailable",
            f"Redmine answered {status}.",
            hint="It may pass: set retries to try again later.",
            retryable=True,
            retry_after=_retry_after(response),
        )
    return NodeError("bad_answer", f"Redmine answered {status}.", hint="Check the URL in the credential.")


_REFUSALS: Final[dict[int, tuple[str, str, str, str | None]]] = {
    401: (
        "credential_refused",
        "Redmine does not accept the credential.",
        "Renew the API key or the password, and switch the REST API on in Redmine's settings.",
        "credential",
    ),
    403: (
        "not_allowed",
        "Redmine does not allow this to the user of the credential.",
        "Give the user a role in the project with the permissions Add issues, Edit issues and Add notes.",
        "credential",
    ),
    404: (
        "not_found",
        "Redmine has no such project or issue, or hides it from the user of the credential.",
        "Check its name, and that the user is a member of the project.",
        None,
    ),
    413: ("too_large", "The issue is too large for Redmine.", "Shorten its text.", "description"),
}


def _invalid(response: "requests.Response") -> NodeError:
    """What Redmine finds wrong with an issue, in its own sentences, as far as they are such."""
    said = sentences(response)
    text = "; ".join(said) or "it does not say why"
    return NodeError(
        "invalid_issue",
        f"Redmine refuses the issue: {text}."[: MAX_SAID + 60],
        hint="Fill in what the project demands, and choose values that it knows.",
        field=next((field for line in said if (field := _field_of(line))), None),
    )


def sentences(response: "requests.Response") -> list[str]:
    """The plain lines of an answer with status 422."""
    try:
        found: Any = response.json()
    except (ValueError, RecursionError):
        return []
    errors = found.get("errors") if isinstance(found, dict) else None
    lines = [line for line in errors if isinstance(line, str)] if isinstance(errors, list) else []
    return [re.sub(r"[^\w .,:;'“”()/%+-]", "", line)[:MAX_SAID] for line in lines[:5]]


def _field_of(line: str) -> str | None:
    lowered = line.lower()
    known = next((ours for theirs, ours in LABELS.items() if lowered.startswith(f"{theirs} ")), None)
    return known or ("custom_fields" if line else None)


def _retry_after(response: "requests.Response") -> float | None:
    text = response.headers.get("Retry-After", "").strip()
    return min(float(text), LONGEST_RETRY_AFTER_SECONDS) if text.isascii() and text.isdigit() else None
