"""python-redmine over the guarded session. Imported by the first step that needs it, as all libraries of connectors."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from redminelib import Redmine
from redminelib.engines.sync import SyncEngine
from redminelib.exceptions import BaseRedmineError

from actions.services.redmine import refused
from actions.services.strangers import stranger, understood
from flows.sdk import JsonObject, NodeError

if TYPE_CHECKING:
    import requests

PAGE = 100
"""As many entries as Redmine gives at once."""
MOST_PAGES = 5


class Engine(SyncEngine):  # type: ignore[misc]  # the library has no types
    """Sends over a session that it is given, follows no redirect, and fails as nodes do."""

    def __init__(self, *, guarded: "requests.Session", **options: Any) -> None:
        self._guarded = guarded
        super().__init__(**options)

    def create_session(self, **params: Any) -> "requests.Session":
        """The session that was given, which has its own headers."""
        return self._guarded

    def request(
        self, method: str, url: str, headers: Any = None, params: Any = None, data: Any = None
    ) -> JsonObject:
        """Send one request; a redirect is an answer, because after a POST it leads to a page for people."""
        options = self.construct_request_kwargs(method, headers, params, data)
        response = self._guarded.request(method, url, allow_redirects=False, **options)
        if response.status_code not in (200, 201, 204):
            raise refused(response)
        if not response.content.strip():
            return {}
        try:
            found = response.json()
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise no_redmine()
        return found


class Client:
    """A Redmine: its issues by the library, its lists as they come.

    Raises:
        NodeError: what `refused` gives, `bad_answer`, and what a guarded session raises.
    """

    def __init__(self, url: str, session: "requests.Session") -> None:
        self.url = url
        self._redmine = Redmine(url, engine=Engine, guarded=session)

    def get(self, *path: str | int, **params: str | int) -> JsonObject:
        """One answer; the parts of the path are names or numbers."""
        place = "/".join(quote(str(part), safe="") for part in path)
        with understood(no_redmine, BaseRedmineError):
            found: JsonObject = self._redmine.engine.request("get", f"{self.url}/{place}.json", params=params)
            return found

    def entries(self, key: str, *path: str | int, **params: str | int) -> list[JsonObject]:
        """The entries of a list, at most 500 of them."""
        found: list[JsonObject] = []
        for page in range(MOST_PAGES):
            answer = self.get(*path, **params, limit=PAGE, offset=page * PAGE)
            rows = answer.get(key)
            if not isinstance(rows, list):
                raise no_redmine()
            found += [row for row in rows if isinstance(row, dict) and "id" in row]
            total = answer.get("total_count")
            if len(rows) < PAGE or not isinstance(total, int) or total <= (page + 1) * PAGE:
                break
        return found

    def create_issue(self, fields: Mapping[str, Any]) -> int:
        """Create an issue; gives its number."""
        with understood(no_redmine, BaseRedmineError):
            number = self._redmine.issue.create(**fields).id
        if not isinstance(number, int):
            raise no_redmine()
        return number

    def update_issue(self, number: int, fields: Mapping[str, Any]) -> None:
        """Change an issue, or comment on it with `notes`."""
        with understood(no_redmine, BaseRedmineError):
            self._redmine.issue.update(number, **fields)

    def issue(self, number: int, include: str = "") -> JsonObject:
        found = self.get("issues", number, **({"include": include} if include else {})).get("issue")
        if not isinstance(found, dict) or not isinstance(found.get("id"), int):
            raise no_redmine()
        return found

    def issue_with(self, project: str, text: str) -> int | None:
        """The number of the issue in the project, open or closed, whose description holds the text."""
        filters: dict[str, Any] = {
            "f[]": ["status_id", "description"],
            "op[status_id]": "*",
            "op[description]": "~",
            "v[description][]": text,
        }
        for row in self.entries("issues", "projects", project, "issues", **filters):
            if text in str(row.get("description") or ""):
                return int(row["id"])
        return None


def no_redmine() -> NodeError:
    """The answer is none of Redmine's."""
    return stranger("no Redmine", "Check the URL in the credential: it ends where Redmine begins.")
