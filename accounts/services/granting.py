"""Who may give what: never more than the giver may do."""

from collections.abc import Mapping
from typing import Any

from accounts.actors import Actor
from accounts.models import User
from accounts.roles import INTEGRATION_MAY, Permission, Role, permissions_of
from common.problems import bad_value, forbidden


def grantable_roles(actor: Actor) -> list[Role]:
    """The roles that the actor may give: none that can do what the actor cannot."""
    return [role for role in Role if _holds(actor, permissions_of(role))]


def grantable_permissions(actor: Actor) -> list[Permission]:
    """What the actor may let an integration do."""
    return [permission for permission in INTEGRATION_MAY if actor.may(permission)]


def check_outranks(actor: Actor, user: User) -> None:
    """Stop unless the actor may do all that the user may.

    Raises:
        Problem: 403 `role_too_high`, `permission_not_held`, `scope_too_wide`.
    """
    if user.scope_id is not None and not actor.is_platform:
        raise forbidden(
            "scope_too_wide",
            "This user looks after other tenants too.",
            hint="Only an admin of the platform changes users with a scope.",
            field="scope",
        )
    if _holds(actor, permissions_of(user.as_role(), user.permissions)):
        return
    if user.has_chosen_permissions:
        beyond = [one for one in user.permissions if not actor.may(Permission(one))]
        raise forbidden(
            "permission_not_held",
            f"You may not {', '.join(beyond) or user.role} yourself.",
            hint="An integration can be given what you may do, and no more.",
            field="permissions",
        )
    raise forbidden(
        "role_too_high",
        f"The role {user.role} can do things that you cannot.",
        hint="Ask an admin who has that role.",
        field="role",
    )


def _holds(actor: Actor, permissions: frozenset[Permission]) -> bool:
    return all(actor.may(permission) for permission in permissions)


def settle_permissions(user: User, given: Mapping[str, Any]) -> None:
    """An integration has a choice of what it may do; for everyone else the role says it.

    Raises:
        Problem: 400 `not_an_integration`, `unknown_permission`.
    """
    if not user.has_chosen_permissions:
        if given.get("permissions"):
            raise bad_value(
                "not_an_integration",
                f"The role {user.role} says by itself what the user may do.",
                hint="Leave the permissions out, or choose the role integration.",
                field="permissions",
            )
        user.permissions = []
        return
    known = [permission.value for permission in INTEGRATION_MAY]
    for name in user.permissions:
        if name not in known:
            raise bad_value(
                "unknown_permission",
                f"An integration cannot hold {str(name)[:40]!r}.",
                hint=f"It can hold: {', '.join(known)}.",
                field="permissions",
            )
    user.permissions = [name for name in known if name in user.permissions]
