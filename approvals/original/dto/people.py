"""Tenants, users, roles and applications as the Workflow feature tells them."""

from collections.abc import Iterable
from typing import Final

from accounts.models import Tenant, User
from accounts.roles import Role
from approvals.original.links import PLATFORM, Dto, Links, enterprise_path, user_path

ROLES: Final = {
    Role.platform_admin: (1, "CLOUD_ADMIN"),
    Role.tenant_admin: (3, "ENTERPRISE_ADMIN"),
    Role.customer: (2, "USER"),
}
"""The roles that the original has by default, by ours; all others have names of their own."""


def role_of(user: User) -> tuple[int, str]:
    """Id and name of a user's role."""
    return _role(user.as_role())


def enterprise_dto(tenant: Tenant | None, links: Links, *, has_workflow: bool) -> Dto:
    """A tenant; None is the platform itself."""
    pk, name = (tenant.pk, tenant.name) if tenant else (PLATFORM, "Platform")
    own = enterprise_path(pk)
    return {
        "id": pk,
        "name": name,
        "workflow": has_workflow,
        "isReservationRestricted": False,
        "links": [
            links.to("edit", own, entity="enterprise"),
            links.to("self", own, entity="enterprise"),
            links.to("users", f"{own}/users", entity="users", title="users"),
            links.to("pendingtasks", f"{own}/action/pendingtasks", entity="tasks", title="pending tasks"),
        ],
    }


def user_dto(user: User, links: Links, *, has_role: bool = False) -> Dto:
    """A user; its `tenant` should be loaded. `nick` is what one signs in with.

    Args:
        has_role: the role stands inside, as in the lists of 2013, besides the link to it.
    """
    own = user_path(user.tenant_id, user.pk)
    first, _, rest = (user.name or user.email).partition(" ")
    role_id, role_name = role_of(user)
    enterprise = user.tenant.name if user.tenant else "Platform"
    told: Dto = {
        "id": user.pk,
        "nick": user.email,
        "name": first,
        "surname": rest,
        "email": user.email,
        "description": "",
        "locale": "en_US",
        "authType": "ABIQUO",
        "active": user.is_open,
        "links": [
            links.to("edit", own, entity="user"),
            links.to("self", own, entity="user"),
            links.to("enterprise", enterprise_path(user.tenant_id), entity="enterprise", title=enterprise),
            links.to("role", f"admin/roles/{role_id}", entity="role", title=role_name),
            links.to("applications", f"{own}/applications", entity="applications", title="applications"),
            links.to("pendingtasks", f"{own}/action/pendingtasks", entity="tasks", title="pending tasks"),
        ],
    }
    if has_role:
        told["role"] = {"id": role_id, "name": role_name, "links": []}
    return told


def users_dto(users: Iterable[User], links: Links, own: str, *, has_role: bool = False) -> Dto:
    """A list of users; `own` is its path."""
    found = [user_dto(user, links, has_role=has_role) for user in users]
    return {"totalSize": len(found), "links": [links.to("self", own, entity="users")], "collection": found}


def all_roles() -> list[tuple[int, str]]:
    """Ids and names of all roles."""
    return [_role(role) for role in Role]


def _role(role: Role) -> tuple[int, str]:
    return ROLES.get(role, (100 + list(Role).index(role), role.value.upper()))
