"""Redmine: address and API key."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from actions.services.base_url import host_at
from actions.services.redmine import RedmineFields, connected
from flows.sdk import CredentialMeta, CredentialType, NodeContext, NodeError, credential_type

if TYPE_CHECKING:
    from actions.services.redmine_client import Client

NEEDED = {"add_issues": "Add issues", "edit_issues": "Edit issues", "add_issue_notes": "Add notes"}


@credential_type
class Redmine(CredentialType):
    meta = CredentialMeta(
        type="redmine", label="Redmine", icon="ticket", summary="Creates and changes issues in one Redmine."
    )
    Fields = RedmineFields

    def hosts(self, fields: RedmineFields) -> Sequence[str]:
        return [host_at(fields.url)]

    def test(self, ctx: NodeContext, fields: RedmineFields) -> str:
        """Ask who signs in, and which of the permissions that issues need their roles have."""
        client = connected(ctx, fields)
        user = _object(client.get("users", "current", include="memberships").get("user"))
        login = str(user.get("login") or user.get("id") or "somebody")[:100]
        if user.get("admin") is True:
            return f"Signed in as {login}, an administrator, who may do everything with issues."
        memberships = [entry for entry in user.get("memberships") or [] if isinstance(entry, dict)]
        if not memberships:
            raise _lacking(login, "is a member of no project", list(NEEDED.values()))
        permissions = _permissions(client, memberships)
        missing = [label for name, label in NEEDED.items() if name not in permissions]
        if missing:
            raise _lacking(login, "lacks permissions", missing)
        projects = len(memberships)
        return f"Signed in as {login}, a member of {projects} project{'' if projects == 1 else 's'}."


def _permissions(client: "Client", memberships: list[dict[str, Any]]) -> set[str]:
    """Those of all roles together that the user has anywhere."""
    roles = {
        role.get("id") for entry in memberships for role in entry.get("roles") or [] if isinstance(role, dict)
    }
    found: set[str] = set()
    for number in sorted(number for number in roles if isinstance(number, int))[:20]:
        listed = _object(client.get("roles", number).get("role")).get("permissions")
        found |= {name for name in listed if isinstance(name, str)} if isinstance(listed, list) else set()
    return found


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _lacking(login: str, what: str, permissions: list[str]) -> NodeError:
    return NodeError(
        "not_allowed",
        f"{login} may sign in, and {what}.",
        hint=f"Give the user a role with {' and '.join(permissions)} in the project.",
    )
