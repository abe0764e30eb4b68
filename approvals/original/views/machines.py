"""Virtual machines, and what they are part of."""

from django.http import HttpResponse
from rest_framework.request import Request

from approvals.original import reach
from approvals.original.dto import machines as dto
from approvals.original.links import appliance_path, datacenter_path
from approvals.original.paging import Page
from approvals.original.views.base import Door


class Machine(Door):
    """A virtual machine."""

    answers = "virtualmachine"

    def get(self, request: Request, datacenter: str, appliance: str, machine: str) -> HttpResponse:
        server = reach.machine_of(self.actor, datacenter, appliance, machine)
        return self.told(dto.machine_dto(server, self.links))


class Machines(Door):
    """The virtual machines of an appliance."""

    answers = "virtualmachines"

    def get(self, request: Request, datacenter: str, appliance: str) -> HttpResponse:
        rows = reach.machines_of(self.actor, datacenter, appliance)
        tenant = reach.tenant_of(self.actor, appliance)
        own = f"{appliance_path(tenant.pk)}/virtualmachines"
        total, found = Page.of(request.query_params).cut(rows)
        machines = [dto.machine_dto(server, self.links) for server in found]
        links = [self.links.to("self", own, entity="virtualmachines")]
        return self.told({"totalSize": total, "links": links, "collection": machines})


class Storage(Door):
    """The disks of a virtual machine, and the volumes that it does not have."""

    answers_by = {"disks": ("harddisks", dto.disks_dto), "volumes": ("iscsivolumes", dto.volumes_dto)}

    def get(self, request: Request, datacenter: str, appliance: str, machine: str, what: str) -> HttpResponse:
        server = reach.machine_of(self.actor, datacenter, appliance, machine)
        entity, told = self.answers_by[what]
        return self.told(told(server, self.links), entity=entity)


class Datacenter(Door):
    """The virtual datacenter of a tenant."""

    answers = "virtualdatacenter"

    def get(self, request: Request, datacenter: str) -> HttpResponse:
        return self.told(dto.datacenter_dto(reach.tenant_of(self.actor, datacenter), self.links))


class Appliances(Door):
    """The one virtual appliance of a virtual datacenter."""

    answers = "virtualappliances"

    def get(self, request: Request, datacenter: str) -> HttpResponse:
        tenant = reach.tenant_of(self.actor, datacenter)
        own = f"{datacenter_path(tenant.pk)}/virtualappliances"
        links = [self.links.to("self", own, entity="virtualappliances")]
        return self.told({"links": links, "collection": [dto.appliance_dto(tenant, self.links)]})


class Appliance(Door):
    """The same, by its id."""

    answers = "virtualappliance"

    def get(self, request: Request, datacenter: str, appliance: str) -> HttpResponse:
        tenant = reach.appliance_of(self.actor, datacenter, appliance)
        return self.told(dto.appliance_dto(tenant, self.links))


class Location(Door):
    """Where all virtual datacenters are."""

    answers = "datacenter"

    def get(self, request: Request) -> HttpResponse:
        return self.told(dto.location_dto(self.links))
