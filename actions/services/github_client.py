"""PyGithub over the guarded session. Imported by the first step that needs it, as all libraries of connectors.

Its connections are replaced by private names, for each client by itself: it has no other door for a session. Requests
are sent by its requester; its objects would ask for more than a step needs, and check their input by assertions.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from github import Auth, Github
from github.GithubException import GithubException
from github.Requester import RequestsResponse

from actions.services.github import GitHubFields, refused
from actions.services.strangers import stranger, understood
from flows.sdk import JsonObject, NodeError

if TYPE_CHECKING:
    import requests

PAGE: Final = 100
MOST_PAGES: Final = 3
DOORS: Final = (
    "_Requester__connectionClass",
    "_Requester__httpConnectionClass",
    "_Requester__httpsConnectionClass",
)
_GRAPHQL_CODES: Final = {
    "NOT_FOUND": ("not_found", "GitHub has no such repository, issue, person, label or milestone."),
    "FORBIDDEN": ("not_allowed", "GitHub does not allow this to the credential."),
    "INSUFFICIENT_SCOPES": ("not_allowed", "The token lacks a scope for this."),
    "RATE_LIMITED": ("rate_limited", "GitHub has been asked too often with this credential."),
}


class _Connection:
    """What PyGithub takes for a connection: one request after another over the guarded session."""

    def __init__(self, session: "requests.Session", base: str, now: datetime) -> None:
        self._session, self._base, self._now = session, base, now
        self.host = base
        self._sent: tuple[str, str, Any, Mapping[str, str]] = ("", "", None, {})

    def request(
        self, verb: str, url: str, body: Any, headers: Mapping[str, str], stream: bool = False
    ) -> None:
        """Keep what is to be sent."""
        self._sent = verb, url, body, headers

    def getresponse(self) -> RequestsResponse:
        """Send it. What is no success fails here, before the library waits, follows or guesses."""
        verb, url, body, headers = self._sent
        response = self._session.request(
            verb, f"{self._base}{url}", headers=dict(headers), data=body, allow_redirects=False
        )
        if response.status_code not in (200, 201, 204):
            raise refused(response, self._now)
        return RequestsResponse(response)

    def close(self) -> None:
        """The session is closed by the step."""


class Client:
    """A GitHub, signed in.

    Raises:
        NodeError: what `refused` gives, `bad_answer`, and what a guarded session raises.
    """

    def __init__(self, base_url: str, auth: Auth.Auth, session: "requests.Session", now: datetime) -> None:
        github = Github(auth=auth, base_url=base_url, retry=None, user_agent="hookflow", timeout=30)
        self._requester = github.requester
        # The requester puts the path of the API in front of every request itself.
        origin = "/".join(base_url.split("/")[:3])
        for door in DOORS:
            setattr(self._requester, door, lambda *where, **how: _Connection(session, origin, now))
        for pause in ("_Requester__seconds_between_requests", "_Requester__seconds_between_writes"):
            setattr(self._requester, pause, None)

    def call(self, verb: str, *path: str | int, body: Any = None, **params: str | int) -> Any:
        """One request; the parts of the path are names or numbers."""
        return self.answered(verb, *path, body=body, **params)[1]

    def answered(
        self, verb: str, *path: str | int, body: Any = None, **params: str | int
    ) -> tuple[Mapping[str, str], Any]:
        """The same, with the headers of the answer by names in small letters."""
        place = "/" + "/".join(quote(str(part), safe="") for part in path)
        with understood(no_github, GithubException):
            found: tuple[Mapping[str, str], Any] = self._requester.requestJsonAndCheck(
                verb, place, parameters=params or None, input=body
            )
            return found

    def one(self, verb: str, *path: str | int, body: Any = None, **params: str | int) -> JsonObject:
        found = self.call(verb, *path, body=body, **params)
        if not isinstance(found, dict):
            raise no_github()
        return found

    def entries(self, *path: str | int, **params: str | int) -> list[JsonObject]:
        """The entries of a list, at most 100 a page."""
        found: list[JsonObject] = []
        for page in range(1, MOST_PAGES + 1):
            rows = self.call("GET", *path, **params, per_page=PAGE, page=page)
            if isinstance(rows, dict):
                rows = next((value for value in rows.values() if isinstance(value, list)), None)
            if not isinstance(rows, list):
                raise no_github()
            found += [row for row in rows if isinstance(row, dict)]
            if len(rows) < PAGE:
                break
        return found

    def graphql(self, query: str, variables: Mapping[str, Any]) -> JsonObject:
        """The data of a GraphQL query. GitHub answers 200 for errors, too."""
        with understood(no_github, GithubException):
            _, answer = self._requester.requestJsonAndCheck(
                "POST", self._requester.graphql_url, input={"query": query, "variables": dict(variables)}
            )
        errors = answer.get("errors") if isinstance(answer, dict) else None
        if errors:
            raise _graphql_error(errors)
        data = answer.get("data") if isinstance(answer, dict) else None
        if not isinstance(data, dict):
            raise no_github()
        return data


def signed_in(fields: GitHubFields, session: "requests.Session", now: datetime) -> Client:
    """A client with a token: the personal one, or one that GitHub makes for the App's installation."""
    if fields.sign_in == "token":
        return Client(fields.base_url, Auth.Token(fields.token), session, now)
    app = as_app(fields, session, now)
    made = app.one("POST", "app", "installations", fields.installation_id, "access_tokens")
    token = made.get("token")
    if not isinstance(token, str) or not token:
        raise no_github()
    return Client(fields.base_url, Auth.Token(token), session, now)


def as_app(fields: GitHubFields, session: "requests.Session", now: datetime) -> Client:
    """A client that speaks for the App itself.

    Raises:
        NodeError: `bad_key`: the private key cannot be read.
    """
    auth = Auth.AppAuth(fields.app_id, fields.private_key)
    try:
        _ = auth.token
    except Exception as error:  # whatever the libraries of keys and tokens raise
        hint = "Paste the whole file that GitHub gave: it begins with -----BEGIN RSA PRIVATE KEY-----."
        raise NodeError("bad_key", "The App's private key cannot be read.", hint=hint) from error
    return Client(fields.base_url, auth, session, now)


def _graphql_error(errors: Any) -> NodeError:
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    code, message = _GRAPHQL_CODES.get(
        str(first.get("type")), ("invalid_request", "GitHub refuses the request.")
    )
    hint = "Check the repository, the number, and that labels, people and the milestone exist."
    return NodeError(code, message, hint=hint, retryable=code == "rate_limited")


def no_github() -> NodeError:
    """The answer is none of GitHub's."""
    hint = "Check the API URL in the credential. A GitHub Enterprise Server has it at /api/v3."
    return stranger("no GitHub", hint)
