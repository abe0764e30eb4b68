"""What GitHub has to choose from, for lists in forms."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import AfterValidator

from flows.sdk import Choice, JsonObject, NodeError, TemplateText

if TYPE_CHECKING:
    from actions.services.github_client import Client

Repository = tuple[str, str]


def repository_of(text: str) -> Repository:
    """Owner and name of `owner/name`; the address of the page will do.

    Raises:
        NodeError: `bad_repository`.
    """
    parts = text.strip().removesuffix(".git").removesuffix("/").split("/")
    if "://" in text:
        parts = parts[3:]
    if len(parts) != 2 or not all(part and part not in (".", "..") for part in parts):
        raise NodeError(
            "bad_repository",
            "The repository is not written as owner/name.",
            hint="Write it such as octocat/Hello-World.",
            field="repository",
        )
    return parts[0], parts[1]


def _repository(text: str) -> str:
    if "{{" in text:
        return text
    try:
        return "/".join(repository_of(text))
    except NodeError as error:
        raise ValueError(error.hint) from None


RepositoryName = Annotated[TemplateText, AfterValidator(_repository)]
"""`owner/name` as a field of a config."""


def choices(client: "Client", name: str, repository: str, search: str) -> Sequence[Choice]:
    """The entries whose name holds `search`."""
    wanted = search.strip().casefold()
    found = _repositories(client) if name == "repository" else _LISTS[name](client, repository_of(repository))
    return [choice for choice in found if wanted in f"{choice.label} {choice.help}".casefold()]


def _repositories(client: "Client") -> list[Choice]:
    """Those of the person, or those that the App is installed in."""
    try:
        rows = client.entries("user", "repos", sort="full_name")
    except NodeError as error:
        if error.code != "not_allowed":
            raise
        rows = client.entries("installation", "repositories")
    return _named(rows, "full_name")


def _named(rows: Sequence[JsonObject], key: str, help: str = "") -> list[Choice]:
    return [
        Choice(str(row[key]), str(row[key])[:200], str(row.get(help) or "")[:100])
        for row in rows
        if isinstance(row.get(key), str)
    ]


def _milestones(client: "Client", place: Repository) -> list[Choice]:
    rows = client.entries("repos", *place, "milestones")
    return [
        Choice(str(row["number"]), str(row.get("title") or row["number"])[:200], f"#{row['number']}")
        for row in rows
        if isinstance(row.get("number"), int)
    ]


def _workflows(client: "Client", place: Repository) -> list[Choice]:
    rows = client.entries("repos", *place, "actions", "workflows")
    return [
        Choice(str(row["id"]), str(row.get("name") or row["id"])[:200], str(row.get("path") or "")[:100])
        for row in rows
        if isinstance(row.get("id"), int)
    ]


def _branches(client: "Client", place: Repository) -> list[Choice]:
    return _named(client.entries("repos", *place, "branches"), "name")


def _people(client: "Client", place: Repository) -> list[Choice]:
    return _named(client.entries("repos", *place, "assignees"), "login")


_LISTS: Final[dict[str, Callable[["Client", Repository], list[Choice]]]] = {
    "labels": lambda client, place: _named(client.entries("repos", *place, "labels"), "name", "description"),
    "label": lambda client, place: _named(client.entries("repos", *place, "labels"), "name", "description"),
    "assignees": _people,
    "reviewers": _people,
    "milestone": _milestones,
    "head": _branches,
    "base": _branches,
    "ref": _branches,
    "workflow": _workflows,
}
