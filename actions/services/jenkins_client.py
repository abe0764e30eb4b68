"""python-jenkins over the guarded session. Imported by the first step that needs it, as all libraries of connectors.

Two of the library's private names are used, `_session` and `_response_handler`, and its way to the path of a folder:
it has no other door for a session, and its own errors carry the whole page that the other side answered.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import jenkins

from actions.services.strangers import stranger
from flows.sdk import NodeError

if TYPE_CHECKING:
    import requests

SECONDS = 20
_QUEUE_ITEM = re.compile(r"/queue/item/(\d{1,18})/?$")
_SIGN_IN = ("/login", "/securityRealm/")

Refused = Callable[["requests.Response"], NodeError]


class Controller(jenkins.Jenkins):  # type: ignore[misc]  # the library has no types
    """A Jenkins, as far as builds are concerned.

    Args:
        session: the guarded one, which keeps cookies: a crumb counts within the session that it was given in.
        refused: what an answer other than 2xx is.
    """

    def __init__(
        self, url: str, username: str, password: str, session: "requests.Session", refused: Refused
    ) -> None:
        super().__init__(url, timeout=SECONDS)
        self._session = session
        self._auth_resolved = True
        self._refused = refused
        self.crumb: Any = None
        if username:
            session.auth = (username.encode(), password.encode())  # type: ignore[assignment]  # bytes go as they are

    def _request(self, req: Any, stream: bool | None = None) -> "requests.Response":
        prepared = self._session.prepare_request(req)
        return self._session.send(prepared, timeout=self.timeout, allow_redirects=False)

    def _response_handler(self, response: "requests.Response") -> "requests.Response":
        """Redirects are not followed: after a POST they lead to a page for people."""
        location = response.headers.get("location", "")
        is_done = response.request.method == "POST" and not any(part in location for part in _SIGN_IN)
        if response.status_code >= 400 or (300 <= response.status_code < 400 and not is_done):
            raise self._refused(response)
        return response

    def maybe_add_crumb(self, req: Any) -> None:
        """Ask once, for what changes something. Where there is no crumb to be had, none is needed or would help."""
        if req.method != "POST":
            return
        if self.crumb is None:
            try:
                self.crumb = self.read("crumbIssuer")
            except NodeError as error:
                if error.code not in ("not_found", "not_allowed"):
                    raise
                self.crumb = False
        if isinstance(self.crumb, dict) and self.crumb.get("crumbRequestField"):
            req.headers[str(self.crumb["crumbRequestField"])] = str(self.crumb.get("crumb", ""))

    def read(self, place: str, tree: str = "") -> Any:
        """What the API says of a place, such as `job/deploy/5`; only what `tree` names.

        Raises:
            NodeError: `bad_answer`: it is no object in JSON.
        """
        query = f"?tree={quote(tree, safe='[],{}')}" if tree else ""
        return self._object(self._build_url(f"{place}/api/json".lstrip("/") + query))

    def get_info(self, item: str = "", query: str | None = None) -> Any:
        """What the library asks to list jobs; its own failure for what is no JSON is an exception of its own."""
        return self._object(self._build_url(quote(f"{item}/api/json".lstrip("/")) + (query or "")))

    def _object(self, url: str) -> Any:
        text = self.jenkins_open(jenkins.requests.Request("GET", url))
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise stranger(
                "no Jenkins",
                "Check the URL in the credential: it ends where Jenkins begins, such as https://ci.example.org.",
            )
        return found

    def start(self, place: str, what: str, values: Mapping[str, str]) -> int:
        """Queue a build; returns the number of the queue item.

        The values go in the body, for URLs end up in logs. Only where nobody signs in there is no other way: Jenkins
        takes no POST without a crumb, and a GET with the trigger token of the job.
        """
        url, form = self._build_url(f"{place}/{what}"), urlencode(values)
        if self._session.auth:
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            request = jenkins.requests.Request("POST", url, data=form, headers=headers)
        else:
            request = jenkins.requests.Request("GET", f"{url}?{form}")
        answer = self.jenkins_request(request)
        found = _QUEUE_ITEM.search(answer.headers.get("Location", ""))
        if found is None:
            raise NodeError(
                "no_queue_item",
                "Jenkins did not say which build it has queued.",
                hint="Look whether the build runs. Something between may have changed the answer.",
            )
        return int(found[1])

    def text(self, method: str, path: str) -> "requests.Response":
        """A plain text, with its headers."""
        request = jenkins.requests.Request(method, self._build_url(path))
        response: requests.Response = self.jenkins_request(request)
        return response

    def withdraw(self, item: int) -> None:
        """Take a build out of the queue. Jenkins may answer 404 when it has done so."""
        try:
            self.cancel_queue(item)
        except NodeError as error:
            if error.code != "not_found":
                raise
