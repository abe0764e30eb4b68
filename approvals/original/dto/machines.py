"""Servers, and what they are part of, as the Workflow feature tells them."""

from typing import Final

from accounts.models import Tenant
from approvals.original.links import (
    Dto,
    Links,
    appliance_path,
    datacenter_path,
    enterprise_path,
    machine_path,
    user_path,
)
from inventory.models import Server

STATES: Final = {
    Server.Status.online: "ON",
    Server.Status.offline: "OFF",
    Server.Status.suspended: "PAUSED",
    Server.Status.starting: "LOCKED",
    Server.Status.stopping: "LOCKED",
    Server.Status.restarting: "LOCKED",
}
"""The state of a virtual machine, by what the server is doing."""
LOCATION_PATH: Final = "admin/datacenters/1"
LOCATION_NAME: Final = "hookflow"
GIB: Final = 1024**3


def machine_dto(server: Server, links: Links) -> Dto:
    """A virtual machine; its `tenant` and `user` should be loaded."""
    return {
        "id": server.pk,
        "uuid": f"00000000-0000-0000-0000-{server.pk:012d}",
        "name": server.hostname,
        "label": server.hostname,
        "description": server.note[:500],
        "cpu": server.cpu,
        "ram": server.ram,
        "hdInBytes": server.disk * GIB,
        "state": state_of(server),
        "type": "MANAGED",
        "highDisponibility": int(bool(server.ha_status)),
        "creationTimestamp": int(server.created_at.timestamp()),
        "links": machine_links(server, links),
    }


def state_of(server: Server) -> str:
    """The original's word: what was never deployed, or taken down again, has no machine."""
    is_there = server.deployment == Server.Deployment.deployed
    return STATES[Server.Status(server.status)] if is_there else "NOT_ALLOCATED"


def machine_links(server: Server, links: Links) -> list[Dto]:
    """Where the rest of it is: a connector follows these."""
    own, tenant = machine_path(server.tenant_id, server.pk), server.tenant_id
    name = server.tenant.name if server.tenant else ""
    accepted = "acceptedrequest"
    return [
        links.to("edit", own, entity="virtualmachine"),
        links.to("self", own, entity="virtualmachine"),
        links.to("enterprise", enterprise_path(tenant), entity="enterprise", title=name),
        links.to("virtualdatacenter", datacenter_path(tenant), entity="virtualdatacenter", title=name),
        links.to("virtualappliance", appliance_path(tenant), entity="virtualappliance", title=name),
        links.to("user", user_path(tenant, server.user_id), entity="user", title=server.user.email),
        links.to("tasks", f"{own}/tasks", entity="tasks"),
        links.to("deploy", f"{own}/action/deploy", entity=accepted),
        links.to("undeploy", f"{own}/action/undeploy", entity=accepted),
        links.to("harddisks", f"{own}/storage/disks", entity="harddisks"),
        links.to("volumes", f"{own}/storage/volumes", entity="iscsivolumes"),
    ]


def disks_dto(server: Server, links: Links) -> Dto:
    """The one disk that a server has here."""
    own = f"{machine_path(server.tenant_id, server.pk)}/storage/disks"
    disk = {"id": server.pk, "name": "disk0", "sequence": 0, "sizeInMb": server.disk * 1024, "links": []}
    return {"links": [links.to("self", own, entity="harddisks")], "collection": [disk]}


def volumes_dto(server: Server, links: Links) -> Dto:
    """There are no volumes beside it."""
    own = f"{machine_path(server.tenant_id, server.pk)}/storage/volumes"
    return {"links": [links.to("self", own, entity="iscsivolumes")], "collection": []}


def datacenter_dto(tenant: Tenant, links: Links) -> Dto:
    """The virtual datacenter of a tenant."""
    own = datacenter_path(tenant.pk)
    return {
        "id": tenant.pk,
        "name": tenant.name,
        "links": [
            links.to("edit", own, entity="virtualdatacenter"),
            links.to("self", own, entity="virtualdatacenter"),
            links.to("enterprise", enterprise_path(tenant.pk), entity="enterprise", title=tenant.name),
            links.to("location", LOCATION_PATH, entity="datacenter", title=LOCATION_NAME),
            links.to("datacenter", LOCATION_PATH, entity="datacenter", title=LOCATION_NAME),
            links.to("virtualappliances", f"{own}/virtualappliances", entity="virtualappliances"),
        ],
    }


def appliance_dto(tenant: Tenant, links: Links) -> Dto:
    """The virtual appliance that is all servers of a tenant."""
    own, accepted = appliance_path(tenant.pk), "acceptedrequest"
    return {
        "id": tenant.pk,
        "name": tenant.name,
        "links": [
            links.to("edit", own, entity="virtualappliance"),
            links.to("self", own, entity="virtualappliance"),
            links.to("virtualdatacenter", datacenter_path(tenant.pk), entity="virtualdatacenter"),
            links.to("enterprise", enterprise_path(tenant.pk), entity="enterprise", title=tenant.name),
            links.to("virtualmachines", f"{own}/virtualmachines", entity="virtualmachines"),
            links.to("deploy", f"{own}/action/deploy", entity=accepted),
            links.to("undeploy", f"{own}/action/undeploy", entity=accepted),
        ],
    }


def location_dto(links: Links) -> Dto:
    """The one location that all virtual datacenters are in."""
    return {
        "id": 1,
        "name": LOCATION_NAME,
        "links": [links.to("self", LOCATION_PATH, entity="datacenter")],
    }
