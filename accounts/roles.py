"""Who may do what: the one table from roles to permissions."""

from collections.abc import Iterable
from enum import StrEnum


class Role(StrEnum):
    """What a user is: one role each."""

    platform_admin = "platform_admin"
    tenant_admin = "tenant_admin"
    flow_editor = "flow_editor"
    viewer = "viewer"
    customer = "customer"
    manager = "manager"
    connector = "connector"
    integration = "integration"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


class Permission(StrEnum):
    """What an actor may do. The scopes of an API token are these names, and only narrow."""

    view = "view"
    view_inventory = "view_inventory"
    view_own = "view_own"
    send_events = "send_events"
    run_flows = "run_flows"
    edit_flows = "edit_flows"
    publish_flows = "publish_flows"
    manage_credentials = "manage_credentials"
    manage_inventory = "manage_inventory"
    balances = "balances"
    write_tickets = "write_tickets"
    request_tasks = "request_tasks"
    view_tasks = "view_tasks"
    workflow_override = "workflow_override"
    manage_workflow = "manage_workflow"
    manage_tokens = "manage_tokens"
    manage_users = "manage_users"
    view_audit = "view_audit"
    manage_platform = "manage_platform"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()

    @property
    def meaning(self) -> str:
        """What it allows, in one sentence."""
        return _MEANINGS[self]


_MEANINGS = {
    Permission.view: "See flows, runs, events and the inventory",
    Permission.view_inventory: "See servers, balances, tickets and the other tables",
    Permission.view_own: "See the own servers, balance and tickets",
    Permission.send_events: "Send events",
    Permission.run_flows: "Start, cancel and repeat runs",
    Permission.edit_flows: "Make and change flows",
    Permission.publish_flows: "Publish flows and switch them on and off",
    Permission.manage_credentials: "Make, change and delete credentials; nobody sees their secrets",
    Permission.manage_inventory: "Change servers, balances, tickets and the other tables",
    Permission.balances: "See and change balances",
    Permission.write_tickets: "Open and answer tickets",
    Permission.request_tasks: "Ask for deploy, reconfigure and undeploy of servers in reach, and cancel own tasks",
    Permission.view_tasks: "See tasks in reach",
    Permission.workflow_override: "Continue and cancel the tasks of others",
    Permission.manage_workflow: "Change policies, groups, calendars and the connector",
    Permission.manage_tokens: "Make and revoke API tokens",
    Permission.manage_users: "Make and change users",
    Permission.view_audit: "Read the audit trail",
    Permission.manage_platform: "Change tenants and the platform's settings",
}

INCLUDED: dict[Permission, frozenset[Permission]] = {
    Permission.view: frozenset({Permission.view_inventory, Permission.view_own, Permission.view_tasks}),
    Permission.view_inventory: frozenset({Permission.view_own}),
    Permission.manage_inventory: frozenset({Permission.balances, Permission.write_tickets}),
    Permission.workflow_override: frozenset({Permission.view_tasks}),
}
"""What else a permission allows: whoever holds the wide one need not hold the narrow ones by name."""

ADMINS = frozenset({Role.platform_admin, Role.tenant_admin})
PLATFORM_ONLY = frozenset({Role.platform_admin})
TENANT_ONLY = frozenset({Role.tenant_admin})
OWN_ROWS_ONLY = frozenset({Role.customer})
"""Roles that reach the rows which name them as owner, and no others of their tenant."""

SCOPED = frozenset({Role.manager, Role.connector})
"""Roles that reach the tenants of a scope beside their own, and never the rows of the platform."""

MACHINES = frozenset({Role.integration, Role.connector})
"""Programs: they have no pages."""

CHOSEN_ONE_BY_ONE = frozenset({Role.integration})
"""Roles whose permissions are kept with the user."""

INTEGRATION_MAY = (
    Permission.send_events,
    Permission.view_inventory,
    Permission.balances,
    Permission.write_tickets,
    Permission.request_tasks,
    Permission.view_tasks,
    Permission.workflow_override,
    Permission.manage_inventory,
    Permission.view,
    Permission.run_flows,
    Permission.edit_flows,
    Permission.publish_flows,
    Permission.view_audit,
)
"""What an integration can be given: nothing by which a machine could give itself or others more."""

_CUSTOMER = frozenset({Permission.view_own, Permission.write_tickets, Permission.request_tasks})
_CONNECTOR = frozenset({Permission.workflow_override, *INCLUDED[Permission.workflow_override]})
_VIEWER = frozenset({Permission.view, *INCLUDED[Permission.view]})
_EDITOR = _VIEWER | {
    Permission.send_events,
    Permission.run_flows,
    Permission.edit_flows,
    Permission.publish_flows,
    Permission.manage_tokens,
}
_TENANT_ADMIN = _EDITOR | {
    Permission.manage_credentials,
    Permission.manage_inventory,
    *INCLUDED[Permission.manage_inventory],
    Permission.request_tasks,
    Permission.workflow_override,
    Permission.manage_workflow,
    Permission.manage_users,
    Permission.view_audit,
}

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.platform_admin: frozenset(Permission),
    Role.tenant_admin: _TENANT_ADMIN,
    Role.flow_editor: _EDITOR,
    Role.viewer: _VIEWER,
    Role.customer: _CUSTOMER,
    Role.manager: _CONNECTOR | {Permission.view_inventory, *INCLUDED[Permission.view_inventory]},
    Role.connector: _CONNECTOR,
    Role.integration: frozenset(),
}


def permissions_of(role: Role | None, chosen: Iterable[str] = ()) -> frozenset[Permission]:
    """What the role may do.

    Args:
        chosen: the permissions kept with the user, which count for a role that has them chosen one by one.
    """
    if role is None:
        return frozenset()
    if role not in CHOSEN_ONE_BY_ONE:
        return PERMISSIONS[role]
    return with_included({one.value for one in INTEGRATION_MAY}.intersection(chosen))


def with_included(names: Iterable[str]) -> frozenset[Permission]:
    """The permissions of those names, and what they include."""
    held = {Permission(name) for name in names if name in _NAMES}
    return frozenset(held.union(*(INCLUDED.get(one, frozenset()) for one in held)))


_NAMES = frozenset(permission.value for permission in Permission)
