"""A repository of GitHub as a step works in it, and what all its operations share."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from actions.services.github_lists import Repository
from flows.sdk import JsonObject, NodeContext, NodeError

if TYPE_CHECKING:
    from actions.services.github_client import Client


@dataclass(frozen=True, slots=True)
class Desk:
    """Where the work is done, and for which step.

    Args:
        marker: stands in what the step writes, where nobody sees it.
    """

    ctx: NodeContext
    client: "Client"
    place: Repository

    @property
    def marker(self) -> str:
        """A comment of Markdown that tells which step wrote a text."""
        digest = hashlib.sha256(self.ctx.idempotency_key.encode()).hexdigest()[:20]
        return f"<!-- hookflow-{digest} -->"

    def marked(self, text: str) -> str:
        return f"{text}\n\n{self.marker}" if text else self.marker

    def one(self, verb: str, *path: str | int, body: Any = None) -> JsonObject:
        """One object of the repository."""
        return self.client.one(verb, "repos", *self.place, *path, body=body)

    def former(self, *path: str | int, **params: str | int) -> JsonObject | None:
        """What a former try of this step wrote, among the entries of a list."""
        rows = self.client.entries("repos", *self.place, *path, **params)
        return next((row for row in rows if self.marker in str(row.get("body") or "")), None)


def number_of(text: Any) -> int:
    """The number of an issue or pull request, with or without #.

    Raises:
        NodeError: `not_a_whole_number`.
    """
    digits = str(text).strip().removeprefix("#")
    if not digits.isascii() or not digits.isdigit() or len(digits) > 15:
        raise NodeError(
            "not_a_whole_number",
            "The number of the issue is none.",
            hint="Write digits only.",
            field="number",
        )
    return int(digits)


def told(made: JsonObject) -> JsonObject:
    """An issue, pull request or milestone as it goes into the record."""
    return {
        "number": made.get("number"),
        "url": text_in(made, "html_url"),
        "state": text_in(made, "state").lower(),
        "title": text_in(made, "title"),
        "id": made.get("node_id"),
    }


def milestone_of(desk: Desk, fields: Mapping[str, Any], *, must: bool = True) -> int | None:
    """The number of the milestone that is named by its title or its number."""
    text = str(fields.get("milestone") or "").strip()
    if not text:
        return None
    if text.isascii() and text.isdigit():
        return int(text[:15])
    for row in desk.client.entries("repos", *desk.place, "milestones", state="all"):
        if str(row.get("title")).casefold() == text.casefold() and isinstance(row.get("number"), int):
            return int(row["number"])
    if not must:
        return None
    raise NodeError(
        "unknown_choice",
        f"The repository has no milestone “{text[:80]}”.",
        hint="Create it first, or write the title of one that is there.",
        field="milestone",
    )


def moment_of(text: str) -> str:
    """A date as GitHub takes it.

    Raises:
        NodeError: `bad_date`.
    """
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError as error:
        hint = "Write it such as 2026-03-31."
        raise NodeError("bad_date", "The due date is no date.", hint=hint, field="due_on") from error
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    return found.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def inner(data: JsonObject, *names: str) -> JsonObject:
    """What a GraphQL answer holds at the end of the names.

    Raises:
        NodeError: `not_found`.
    """
    for name in names:
        found = data.get(name)
        if not isinstance(found, dict):
            raise NodeError(
                "not_found",
                "GitHub has no such repository or number, or hides it from the credential.",
                hint="Check the name, and that the credential may see the repository.",
            )
        data = found
    return data


def text_in(made: JsonObject, key: str) -> str:
    """A text of an answer, cut to what is worth keeping."""
    return str(made.get(key) or "")[:500]
