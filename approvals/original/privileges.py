"""The privileges of the Workflow feature, and which of our permissions each of them is."""

from collections.abc import Iterable
from typing import Final

from accounts.roles import Permission
from approvals.original.links import Dto, Links

AUTHENTICATED: Final = "AUTHENTICATED"
PRIVILEGES: Final[dict[str, tuple[Permission, ...]]] = {
    AUTHENTICATED: (Permission.view_own, Permission.view_inventory, Permission.view_tasks),
    "WORKFLOW_OVERRIDE": (Permission.workflow_override,),
    "VAPP_DEPLOY_UNDEPLOY": (Permission.request_tasks,),
    "VAPP_CUSTOMISE_SETTINGS": (Permission.request_tasks,),
    "USERS_VIEW": (Permission.manage_users,),
    "USERS_MANAGE_ENTERPRISE": (Permission.manage_workflow,),
    "SYSCONFIG_VIEW": (Permission.manage_workflow,),
    "SYSCONFIG_ALLOW_MODIFY": (Permission.manage_workflow,),
}
"""Each has its place in this list, from 1, as its id: new ones go to the end."""
_IDS: Final = {name: number for number, name in enumerate(PRIVILEGES, start=1)}
_NAMES: Final = {number: name for name, number in _IDS.items()}


def path_of(name: str) -> str:
    """Where a privilege is."""
    return f"config/privileges/{_IDS[name]}"


def name_of(number: int) -> str | None:
    """The privilege of that id."""
    return _NAMES.get(number)


def permissions_of(names: Iterable[str]) -> list[str]:
    """The permissions that privileges are, as the scopes of a token."""
    return sorted({permission.value for name in names for permission in PRIVILEGES.get(name, ())})


def privilege_dto(name: str, links: Links) -> Dto:
    return {
        "id": _IDS[name],
        "name": name,
        "links": [links.to("self", path_of(name), entity="privilege")],
    }
