"""Who may do what: the one table from roles to permissions."""

from enum import StrEnum


class Role(StrEnum):
    """What a user is. A user without a role is a customer: data of the platform, never signed in."""

    platform_admin = "platform_admin"
    tenant_admin = "tenant_admin"
    flow_editor = "flow_editor"
    viewer = "viewer"

    @property
    def label(self) -> str:
        """Its name for people."""
        return self.value.replace("_", " ").capitalize()


class Permission(StrEnum):
    """What an actor may do. The scopes of an API token are these names, and only narrow."""

    view = "view"
    send_events = "send_events"
    run_flows = "run_flows"
    edit_flows = "edit_flows"
    publish_flows = "publish_flows"
    manage_inventory = "manage_inventory"
    manage_tokens = "manage_tokens"
    manage_users = "manage_users"
    view_audit = "view_audit"
    manage_platform = "manage_platform"

    @property
    def label(self) -> str:
        """Its name for people."""
        return self.value.replace("_", " ").capitalize()


ADMINS = frozenset({Role.platform_admin, Role.tenant_admin})
PLATFORM_ONLY = frozenset({Role.platform_admin})
TENANT_ONLY = frozenset({Role.tenant_admin})

_EDITOR = frozenset(
    {
        Permission.view,
        Permission.send_events,
        Permission.run_flows,
        Permission.edit_flows,
        Permission.publish_flows,
        Permission.manage_tokens,
    }
)
_TENANT_ADMIN = _EDITOR | {Permission.manage_inventory, Permission.manage_users, Permission.view_audit}

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.platform_admin: frozenset(Permission),
    Role.tenant_admin: _TENANT_ADMIN,
    Role.flow_editor: _EDITOR,
    Role.viewer: frozenset({Permission.view}),
}


def permissions_of(role: Role | None) -> frozenset[Permission]:
    """What the role may do; nothing for a customer."""
    return PERMISSIONS[role] if role is not None else frozenset()
