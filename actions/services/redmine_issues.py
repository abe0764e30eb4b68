"""Issues in Redmine: created once however often a step is repeated, and read back, because Redmine may drop values."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from actions.services.redmine_lists import Place, number_of
from flows.sdk import Json, JsonObject, NodeContext, NodeError

if TYPE_CHECKING:
    from actions.services.redmine_client import Client

LONGEST_SUBJECT: Final = 255
KEYS: Final = {
    "tracker": "tracker_id",
    "status": "status_id",
    "priority": "priority_id",
    "assignee": "assigned_to_id",
    "category": "category_id",
    "version": "fixed_version_id",
}
"""How Redmine calls what is chosen by number."""
READ_AS: Final = {
    "tracker": "tracker",
    "status": "status",
    "priority": "priority",
    "assignee": "assigned_to",
    "category": "category",
    "version": "fixed_version",
}


@dataclass(frozen=True, slots=True)
class IssueOrder:
    """What an issue is to be. Empty says nothing; choices are numbers or names.

    Args:
        custom_fields: (number or name, value).
    """

    project: str = ""
    subject: str = ""
    description: str = ""
    chosen: Mapping[str, str] = field(default_factory=dict)
    custom_fields: tuple[tuple[str, Json], ...] = ()

    @property
    def place(self) -> Place:
        """What the lists depend on."""
        return Place(self.project, self.chosen.get("tracker", ""))


def marker_of(key: str) -> str:
    """The word that tells which step wrote a text."""
    return f"hookflow-{hashlib.sha256(key.encode()).hexdigest()[:20]}"


def create(ctx: NodeContext, client: "Client", order: IssueOrder) -> JsonObject:
    """Create the issue, unless a former try of this step has done so."""
    marker = marker_of(ctx.idempotency_key)
    fields = wanted_fields(client, order)
    number = client.issue_with(order.project, marker)
    if number is not None:
        ctx.log.info(f"Issue #{number} is there already: a former try of this step created it.")
        return read_back(ctx, client, number, fields)
    text = f"{order.description}\n\n{marker}" if order.description else marker
    number = client.create_issue({"project_id": order.project, **fields, "description": text})
    return read_back(ctx, client, number, fields)


def update(ctx: NodeContext, client: "Client", number: int, order: IssueOrder, notes: str) -> JsonObject:
    """Change the issue, and comment on it when there is something to say."""
    fields = wanted_fields(client, order)
    if order.description:
        fields["description"] = order.description
    said = _notes(ctx, client, number, notes)
    if not fields and not said:
        issue = client.issue(number)
        return told(client, issue, [])
    client.update_issue(number, {**fields, **said})
    return read_back(ctx, client, number, fields)


def comment(ctx: NodeContext, client: "Client", number: int, notes: str) -> JsonObject:
    """Comment on the issue, unless a former try of this step has done so."""
    said = _notes(ctx, client, number, notes)
    if said:
        client.update_issue(number, said)
    issue = client.issue(number)
    if said and not _has_marker(client, number, marker_of(ctx.idempotency_key)):
        raise NodeError(
            "not_allowed",
            f"Redmine took the comment on #{number} and did not keep it.",
            hint="Give the user of the credential the permission Add notes in this project.",
            field="credential",
        )
    return told(client, issue, [])


def _notes(ctx: NodeContext, client: "Client", number: int, notes: str) -> dict[str, str]:
    marker = marker_of(ctx.idempotency_key)
    if not notes.strip():
        return {}
    if _has_marker(client, number, marker):
        ctx.log.info(f"The comment on #{number} is there already: a former try of this step made it.")
        return {}
    return {"notes": f"{notes}\n\n{marker}"}


def _has_marker(client: "Client", number: int, marker: str) -> bool:
    journals = client.issue(number, include="journals").get("journals")
    entries = journals if isinstance(journals, list) else []
    return any(marker in str(entry.get("notes") or "") for entry in entries if isinstance(entry, dict))


def wanted_fields(client: "Client", order: IssueOrder) -> dict[str, Any]:
    """The order in Redmine's own words, without project and description.

    Raises:
        NodeError: `unknown_choice`.
    """
    fields: dict[str, Any] = {}
    if order.subject:
        fields["subject"] = " ".join(order.subject.split())[:LONGEST_SUBJECT]
    for name, text in order.chosen.items():
        number = number_of(client, name, text, order.place)
        if number is not None:
            fields[KEYS[name]] = number
    customs = [
        {"id": number_of(client, "custom_fields.field", name, order.place), "value": _plain(value)}
        for name, value in order.custom_fields
    ]
    if customs:
        fields["custom_fields"] = customs
    return fields


def _plain(value: Json) -> Json:
    """What Redmine takes as the value of a custom field: text, or a list of texts."""
    if isinstance(value, list):
        return [str(_plain(entry)) for entry in value]
    if isinstance(value, bool):
        return "1" if value else "0"
    return "" if value is None else str(value)


def read_back(ctx: NodeContext, client: "Client", number: int, fields: Mapping[str, Any]) -> JsonObject:
    """What became of the issue. Redmine drops without a word what the user may not set, the status above all."""
    issue = client.issue(number)
    missing = ignored(issue, fields)
    if "status" in missing:
        # A new issue may have to begin with the tracker's first status, and may be moved on from there.
        client.update_issue(number, {"status_id": fields["status_id"]})
        issue = client.issue(number)
        missing = ignored(issue, fields)
    for name in missing:
        ctx.log.warning(f"Redmine did not take {name} for issue #{number}.")
    return told(client, issue, missing)


def ignored(issue: JsonObject, fields: Mapping[str, Any]) -> list[str]:
    """What was asked for and is otherwise in the issue."""
    missing = [
        name for name, key in KEYS.items() if key in fields and _id(issue.get(READ_AS[name])) != fields[key]
    ]
    has = {entry.get("id"): entry.get("value") for entry in _objects(issue.get("custom_fields"))}
    for entry in fields.get("custom_fields", ()):
        number = entry["id"]
        if number not in has or _texts(has[number]) != _texts(entry["value"]):
            missing.append(f"custom field {number}")
    return missing


def told(client: "Client", issue: JsonObject, missing: list[str]) -> JsonObject:
    """The issue as it goes into the record."""
    return {
        "id": issue["id"],
        "url": f"{client.url}/issues/{issue['id']}",
        "status": _name(issue.get("status")),
        "subject": str(issue.get("subject") or ""),
        "project": _name(issue.get("project")),
        "tracker": _name(issue.get("tracker")),
        "priority": _name(issue.get("priority")),
        "assignee": _name(issue.get("assigned_to")),
        "ignored": list(missing),
    }


def _objects(value: Any) -> list[JsonObject]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def _texts(value: Any) -> list[str]:
    return sorted(str(entry) for entry in (value if isinstance(value, list) else [value or ""]))


def _id(value: Any) -> Any:
    return value.get("id") if isinstance(value, dict) else None


def _name(value: Any) -> str | None:
    return str(value.get("name") or "") if isinstance(value, dict) else None
