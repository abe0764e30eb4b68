"""The links of the Workflow feature's API: where each thing is, absolute or as a path below the API's root."""

from dataclasses import dataclass
from typing import Any, Final

from approvals.original.media import Form, content_type

Dto = dict[str, Any]
PLATFORM: Final = 0
"""The enterprise of who has no tenant."""


def enterprise_path(tenant_id: int | None) -> str:
    """A tenant is an enterprise."""
    return f"admin/enterprises/{tenant_id or PLATFORM}"


def user_path(tenant_id: int | None, user_id: int) -> str:
    """A user below the enterprise."""
    return f"{enterprise_path(tenant_id)}/users/{user_id}"


def datacenter_path(tenant_id: int | None) -> str:
    """A tenant has one virtual datacenter, with its own id."""
    return f"cloud/virtualdatacenters/{tenant_id or PLATFORM}"


def appliance_path(tenant_id: int | None) -> str:
    """The group of a tenant's servers is its one virtual appliance, with its own id, too."""
    return f"{datacenter_path(tenant_id)}/virtualappliances/{tenant_id or PLATFORM}"


def machine_path(tenant_id: int | None, server_id: int) -> str:
    """A server is a virtual machine."""
    return f"{appliance_path(tenant_id)}/virtualmachines/{server_id}"


@dataclass(frozen=True, slots=True)
class Links:
    """Makes links.

    Args:
        root: what stands before each path, such as `https://host/api/`; empty for paths only, as the connector gets
            them: whoever receives those knows the host, this program need not.
        form: how the bodies behind the links are written; their `type` says so.
    """

    root: str = ""
    form: Form = Form.JSON

    def to(self, rel: str, path: str, *, entity: str = "", title: str = "") -> Dto:
        """A link object. Without a type or title it has none, as in the recorded examples."""
        link: Dto = {"rel": rel}
        if entity:
            link["type"] = content_type(entity, self.form)
        if title:
            link["title"] = title
        link["href"] = self.root + path
        return link
