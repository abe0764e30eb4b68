"""What Redmine has to choose from, for lists in forms and for names in configs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flows.sdk import Choice, JsonObject, NodeError

if TYPE_CHECKING:
    from actions.services.redmine_client import Client

MOST_NAMED: Final = 12
NO_ADMIN: Final = frozenset({"not_allowed"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where an issue goes, as far as its lists depend on it."""

    project: str
    tracker: str = ""


def choices(client: "Client", name: str, place: Place, search: str) -> Sequence[Choice]:
    """The entries whose name holds `search`."""
    wanted = search.strip().casefold()
    found = _LISTS[name](client, place)
    return [choice for choice in found if wanted in f"{choice.label} {choice.help}".casefold()]


def number_of(client: "Client", name: str, text: str, place: Place) -> int | None:
    """The number of what the text names, or is the number of; None when it is empty.

    Raises:
        NodeError: `unknown_choice`, `bad_answer`.
    """
    text = text.strip()
    if not text:
        return None
    if text.isascii() and text.isdigit():
        return int(text[:15])
    known = _LISTS[name](client, place)
    for choice in known:
        if choice.label.casefold() == text.casefold():
            return int(choice.value)
    what = name.partition(".")[0].replace("_", " ")
    listed = ", ".join(choice.label for choice in known[:MOST_NAMED])
    raise NodeError(
        "unknown_choice",
        f"Redmine has no {what} “{text[:80]}” there.",
        hint=f"There is: {listed}." if listed else "There is none to choose from.",
        field=name.partition(".")[0],
    )


def _projects(client: "Client", place: Place) -> list[Choice]:
    return [
        Choice(str(row.get("identifier") or row["id"]), _name(row), str(row.get("identifier") or ""))
        for row in client.entries("projects", "projects")
    ]


def _trackers(client: "Client", place: Place) -> list[Choice]:
    if not place.project:
        return _numbered(client.entries("trackers", "trackers"))
    project = client.get("projects", place.project, include="trackers").get("project")
    rows = project.get("trackers") if isinstance(project, dict) else None
    return _numbered([row for row in rows or [] if isinstance(row, dict) and "id" in row])


def _members(client: "Client", place: Place) -> list[Choice]:
    rows = client.entries("memberships", "projects", place.project, "memberships")
    users = [row["user"] for row in rows if isinstance(row.get("user"), dict) and "id" in row["user"]]
    groups = [row["group"] for row in rows if isinstance(row.get("group"), dict) and "id" in row["group"]]
    return [*_numbered(users), *_numbered(groups, "Group")]


def _versions(client: "Client", place: Place) -> list[Choice]:
    rows = client.entries("versions", "projects", place.project, "versions")
    return _numbered([row for row in rows if row.get("status") == "open"])


def _custom_fields(client: "Client", place: Place) -> list[Choice]:
    """Those of issues of the tracker. Only administrators may list them; others see those that an issue has."""
    tracker = number_of(client, "tracker", place.tracker, place)
    try:
        rows = client.entries("custom_fields", "custom_fields")
    except NodeError as error:
        if error.code not in NO_ADMIN:
            raise
        return _custom_fields_of_an_issue(client, place, tracker)
    of_issues = [row for row in rows if row.get("customized_type") == "issue" and _has_tracker(row, tracker)]
    return _numbered(of_issues)


def _custom_fields_of_an_issue(client: "Client", place: Place, tracker: int | None) -> list[Choice]:
    of_tracker = {"tracker_id": tracker} if tracker else {}
    answer = client.get("projects", place.project, "issues", status_id="*", limit=1, **of_tracker)
    issues = answer.get("issues")
    newest = issues[0] if isinstance(issues, list) and issues and isinstance(issues[0], dict) else {}
    return _numbered(
        [row for row in newest.get("custom_fields") or [] if isinstance(row, dict) and "id" in row]
    )


def _has_tracker(row: JsonObject, tracker: int | None) -> bool:
    listed = row.get("trackers")
    return tracker is None or not listed or any(entry.get("id") == tracker for entry in listed)


def _numbered(rows: Sequence[JsonObject], help: str = "") -> list[Choice]:
    return [Choice(str(row["id"]), _name(row), help) for row in rows]


def _name(row: JsonObject) -> str:
    return str(row.get("name") or row["id"])[:200]


def _simple(key: str, *path: str) -> Callable[["Client", Place], list[Choice]]:
    return lambda client, place: _numbered(client.entries(key, *path))


_LISTS: Final[dict[str, Callable[["Client", Place], list[Choice]]]] = {
    "project": _projects,
    "tracker": _trackers,
    "status": _simple("issue_statuses", "issue_statuses"),
    "priority": _simple("issue_priorities", "enumerations", "issue_priorities"),
    "assignee": _members,
    "category": lambda client, place: _numbered(
        client.entries("issue_categories", "projects", place.project, "issue_categories")
    ),
    "version": _versions,
    "custom_fields.field": _custom_fields,
}
