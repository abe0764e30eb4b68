"""Microsoft To Do over Graph: lists and tasks of one user."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from actions.services.office365 import WANTED, Office365Fields, signed_in
from actions.services.office365_errors import graph_error
from actions.services.strangers import stranger
from flows.sdk import JsonObject, NodeContext, NodeError

if TYPE_CHECKING:
    import requests

SECONDS: Final = 20
MOST_PAGES: Final = 10
LOOKED_THROUGH: Final = 50
"""How many of the newest tasks are looked through for one that an earlier try has made."""
APPLICATION: Final = "hookflow"


@dataclass(frozen=True, slots=True)
class TodoList:
    """A list of tasks."""

    id: str
    name: str
    is_default: bool


class Todo:
    """The lists and tasks of one user.

    Args:
        user: object ID or user name; empty for the one who signs in.
        anew: whether to sign in even where a token is kept.
    """

    def __init__(self, ctx: NodeContext, fields: Office365Fields, user: str, *, anew: bool = False) -> None:
        self._ctx = ctx
        self._fields = fields
        self._user = user or fields.user_id if fields.is_application else ""
        if fields.is_application and not self._user:
            raise NodeError(
                "no_user",
                "An application has no tasks of its own.",
                hint="Write the user ID of whose tasks are meant, here or in the credential.",
                field="user_id",
            )
        self._sign_in(anew=anew)

    def _sign_in(self, *, anew: bool) -> None:
        self._session, self.token = signed_in(self._ctx, self._fields, anew=anew)
        self._session.headers["Authorization"] = f"Bearer {self.token.text}"

    @property
    def wanted(self) -> tuple[str, ...]:
        """The permissions that are needed."""
        return WANTED[self._fields.is_application]

    @property
    def _home(self) -> str:
        return f"/users/{quote(self._user, safe='')}" if self._user else "/me"

    def check_user(self) -> str:
        """The user's name.

        Raises:
            NodeError: `no_access_to_user`, and what `graph_error` tells.
        """
        told = self._ask("GET", f"{self._home}?$select=displayName,userPrincipalName", about="user")
        return str(told.get("userPrincipalName") or told.get("displayName") or self._user)

    def lists(self) -> list[TodoList]:
        found: list[TodoList] = []
        path = f"{self._home}/todo/lists?$top=100"
        for _ in range(MOST_PAGES):
            told = self._ask("GET", path, about="list")
            found += [_list(entry) for entry in _entries(told)]
            following = str(told.get("@odata.nextLink") or "")
            if not following.startswith(self._fields.graph_url):
                break
            path = following.removeprefix(self._fields.graph_url)
        return found

    def default_list(self) -> str:
        """The list that every user has."""
        found = self.lists()
        chosen = next((one for one in found if one.is_default), None)
        if chosen is None:
            raise NodeError("no_list", "The user has no default list.", hint="Choose a list.", field="list")
        return chosen.id

    def made_before(self, list_id: str) -> JsonObject | None:
        """The task that an earlier try of this step has made."""
        query = f"$expand=linkedResources&$orderby=createdDateTime desc&$top={LOOKED_THROUGH}"
        told = self._ask("GET", f"{self._tasks(list_id)}?{quote(query, safe='$=&,')}", about="list")
        return next((dict(task) for task in _entries(told) if self._is_own(task)), None)

    def create(self, list_id: str, task: Mapping[str, Any], label: str) -> JsonObject:
        """Make a task that this step knows again."""
        mark = {"applicationName": APPLICATION, "displayName": label, "externalId": self._ctx.idempotency_key}
        return self._ask("POST", self._tasks(list_id), {**task, "linkedResources": [mark]}, about="list")

    def update(self, list_id: str, task_id: str, changes: Mapping[str, Any]) -> JsonObject:
        """Change a task; what is not named stays."""
        path = f"{self._tasks(list_id)}/{quote(task_id, safe='')}"
        return {"id": task_id, **self._ask("PATCH", path, changes, about="task")}

    def _tasks(self, list_id: str) -> str:
        return f"{self._home}/todo/lists/{quote(list_id, safe='')}/tasks"

    def _is_own(self, task: Mapping[str, Any]) -> bool:
        return any(
            mark.get("applicationName") == APPLICATION and mark.get("externalId") == self._ctx.idempotency_key
            for mark in _entries(task, "linkedResources")
        )

    def _ask(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, *, about: str
    ) -> JsonObject:
        answer = self._answer(method, path, body)
        if answer.status_code in (401, 403) and self.token.is_kept:
            # It was taken back meanwhile, or something was granted that it does not know of yet.
            self._sign_in(anew=True)
            answer = self._answer(method, path, body)
        if not 200 <= answer.status_code < 300:
            raise graph_error(self._ctx, answer, wanted=self.wanted, about=about, user=self._user)
        return _json(answer)

    def _answer(self, method: str, path: str, body: Mapping[str, Any] | None) -> "requests.Response":
        asked = str(uuid5(NAMESPACE_URL, f"hookflow:{self._ctx.idempotency_key}:{method}:{path}"))
        return self._session.request(
            method,
            self._fields.graph_url + path,
            json=body,
            headers={"client-request-id": asked, "return-client-request-id": "true"},
            timeout=SECONDS,
            allow_redirects=False,
        )


def _entries(told: Mapping[str, Any], name: str = "value") -> list[Mapping[str, Any]]:
    """The objects of a list that an answer holds."""
    found = told.get(name)
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def _list(entry: Mapping[str, Any]) -> TodoList:
    is_default = entry.get("wellknownListName") == "defaultList"
    return TodoList(str(entry.get("id", "")), str(entry.get("displayName", "")), is_default)


def _json(answer: "requests.Response") -> JsonObject:
    if answer.status_code == 204:
        return {}
    try:
        told = answer.json()
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise stranger("not Microsoft Graph", "Check the Graph address in the credential.")
    return told
