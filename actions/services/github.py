"""GitHub: what a credential holds, and what its answers mean for a step."""

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Literal

from pydantic import model_validator

from actions.services.base_url import BaseUrl
from actions.services.http import LONGEST_RETRY_AFTER_SECONDS
from actions.services.pem import CaText
from flows.sdk import CredentialFields, NodeContext, NodeError, Secret, Tls, ui

if TYPE_CHECKING:
    import requests

    from actions.services.github_client import Client

PUBLIC: Final = "https://api.github.com"
APP: Final = ["app"]
FIELD_NAMES: Final = {
    "title": "title",
    "body": "body",
    "labels": "labels",
    "label": "labels",
    "assignees": "assignees",
    "milestone": "milestone",
    "head": "head",
    "base": "base",
    "name": "label",
    "color": "color",
    "reviewers": "reviewers",
    "due_on": "due_on",
    "ref": "ref",
    "inputs": "inputs",
}
"""What GitHub calls the fields that it may refuse, with what we call them."""


class GitHubFields(CredentialFields):
    """How to sign in at GitHub, or at a GitHub Enterprise Server."""

    sign_in: Literal["token", "app"] = ui(
        "token", label="Sign in with", choices={"token": "Personal access token", "app": "GitHub App"}
    )
    token: Secret = ui(
        "",
        label="Token",
        help="Fine-grained: Issues, Pull requests and Contents with read and write. Classic: the scope repo.",
        depends_on={"sign_in": ["token"]},
    )
    app_id: str = ui("", label="App ID", max_length=40, depends_on={"sign_in": APP})
    installation_id: str = ui(
        "",
        label="Installation ID",
        help="The number at the end of the address of the installation's settings.",
        max_length=20,
        pattern=r"^\d*$",
        depends_on={"sign_in": APP},
    )
    private_key: Secret = ui(
        "", label="Private key", help="As PEM.", widget="textarea", depends_on={"sign_in": APP}
    )
    base_url: BaseUrl = ui(
        PUBLIC,
        label="API URL",
        help="Of a GitHub Enterprise Server: https://github.example.org/api/v3",
        group="GitHub Enterprise",
    )
    ca: CaText = ui(
        "", label="Own certificate authority", help="As PEM.", widget="textarea", group="GitHub Enterprise"
    )

    @model_validator(mode="after")
    def _opens_something(self) -> "GitHubFields":
        if self.sign_in == "token" and not self.token:
            raise ValueError("Write the token.")
        if self.sign_in == "app" and not (self.app_id and self.installation_id and self.private_key):
            raise ValueError("Write the App ID, the Installation ID and the private key.")
        return self


def connected(ctx: NodeContext, fields: GitHubFields) -> "Client":
    """A client that goes the guarded way out, signed in.

    Raises:
        NodeError: `credential_refused` and others: the App cannot be signed in.
    """
    from actions.services.github_client import signed_in

    return signed_in(fields, ctx.net.session(tls=Tls(ca=fields.ca) if fields.ca else None), ctx.clock.now())


def refused(response: "requests.Response", now: datetime) -> NodeError:
    """The failure that an answer other than 2xx is."""
    status, headers = response.status_code, response.headers
    if status == 401:
        return NodeError(
            "credential_refused",
            "GitHub does not accept the credential.",
            hint="The token has expired or was taken back, or the App's key is wrong: renew it.",
            field="credential",
        )
    if status == 429 or (status == 403 and _is_rate_limit(response)):
        return NodeError(
            "rate_limited",
            "GitHub has been asked too often with this credential.",
            hint="The step is tried again when GitHub allows it, if it has retries.",
            retryable=True,
            retry_after=_wait(headers.get("retry-after"), headers.get("x-ratelimit-reset"), now),
        )
    if status == 403:
        return _not_allowed(response)
    if status == 422:
        return _invalid(response)
    return _by_status(status)


def _by_status(status: int) -> NodeError:
    if status == 404:
        return NodeError(
            "not_found",
            "GitHub has no such repository, issue, branch or workflow, or hides it from the credential.",
            hint="Check the name, and that the credential may see the repository.",
        )
    if status == 410:
        return NodeError(
            "gone",
            "GitHub says that this is gone: issues may be switched off in the repository.",
            hint="Switch issues on in the settings of the repository.",
            field="repository",
        )
    if 300 <= status < 400:
        return NodeError(
            "moved",
            "GitHub has moved this to another address.",
            hint="Write the new name of the repository, or the new API URL into the credential.",
            field="repository",
        )
    if status in (202, 408, 409) or status >= 500:
        return NodeError(
            "unavailable",
            f"GitHub answered {status}.",
            hint="It may pass: set retries to try again later.",
            retryable=True,
        )
    hint = "Check the API URL in the credential."
    return NodeError("bad_answer", f"GitHub answered {status}.", hint=hint)


def _is_rate_limit(response: "requests.Response") -> bool:
    headers = response.headers
    return "retry-after" in headers or headers.get("x-ratelimit-remaining", "").strip() == "0"


def _wait(after: str | None, reset: str | None, now: datetime) -> float:
    """Seconds to wait, as GitHub says it in one of two headers; a minute when it says nothing."""
    if after and after.isascii() and after.isdigit():
        seconds = float(after[:9])
    elif reset and reset.isascii() and reset.isdigit():
        seconds = float(reset[:12]) - now.timestamp() + 1
    else:
        seconds = 60.0
    return min(max(seconds, 1.0), LONGEST_RETRY_AFTER_SECONDS)


def _not_allowed(response: "requests.Response") -> NodeError:
    """GitHub names the permission that would do in a header, for each kind of token in its own."""
    headers = response.headers
    wanted = headers.get("x-accepted-github-permissions") or headers.get("x-accepted-oauth-scopes") or ""
    named = re.sub(r"[^a-z0-9_=,:; ]", "", wanted.lower())[:200].strip()
    hint = f"Give the token the permission {named}." if named else "Give the token write access to it."
    return NodeError(
        "not_allowed", "GitHub does not allow this to the credential.", hint=hint, field="credential"
    )


def _invalid(response: "requests.Response") -> NodeError:
    """What GitHub finds wrong: fields and codes, never its texts, which quote what was sent."""
    faults = list(_faults(response))
    said = ", ".join(f"{field} ({code})" if field else code for field, code in faults)
    return NodeError(
        "invalid_request",
        f"GitHub refuses the request: {said}." if said else "GitHub refuses the request.",
        hint="Check that labels, people, branches and the milestone exist, and that nothing needed is empty.",
        field=next((FIELD_NAMES[field] for field, _ in faults if field in FIELD_NAMES), None),
    )


def _faults(response: "requests.Response") -> list[tuple[str, str]]:
    try:
        found: Any = response.json()
    except (ValueError, RecursionError):
        return []
    errors = found.get("errors") if isinstance(found, dict) else None
    entries = [entry for entry in errors if isinstance(entry, dict)] if isinstance(errors, list) else []
    return [(_word(entry.get("field")), _word(entry.get("code"))) for entry in entries[:5]]


def _word(value: Any) -> str:
    return re.sub(r"[^A-Za-z0-9_]", "", value)[:40] if isinstance(value, str) else ""
