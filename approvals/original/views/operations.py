"""Asking for operations on virtual machines: each is a task, which waits where the workflow is on."""

from typing import Any, Final

from django.http import HttpResponse
from rest_framework.request import Request

from accounts.roles import Permission
from approvals.models import Task
from approvals.original import reach
from approvals.original.dto.machines import GIB
from approvals.original.dto.tasks import status_links
from approvals.original.links import Dto
from approvals.original.views import machines
from approvals.original.views.base import Door, flag
from approvals.services.requesting import request_operation
from common.problems import bad_value
from inventory.models import Server

FORCED: Final = "forceUndeploy"
"""Of the original's options the one that is here. The others ask for more than a limit allows: nobody passes those."""
LIMITS: Final = ("forceVdcLimits", "forceEnterpriseSoftLimits")
ACCEPTED: Final = "acceptedrequest"


class Machine(machines.Machine):
    """A virtual machine; a PUT of it asks for a reconfigure."""

    answers_to = {"PUT": ACCEPTED}

    def put(self, request: Request, datacenter: str, appliance: str, machine: str) -> HttpResponse:
        self.actor.need(Permission.request_tasks)
        server = reach.machine_of(self.actor, datacenter, appliance, machine)
        values = changed_values(server, self.sent())
        if not values:
            return HttpResponse(status=204)
        tasks = request_operation(
            actor=self.actor, servers=[server], type=Task.Type.RECONFIGURE, values=values
        )
        return self.told(status_links(tasks, self.links), 202, entity=ACCEPTED)


class MachineAction(Door):
    """Deploy or undeploy a virtual machine."""

    answers = ACCEPTED

    def post(
        self, request: Request, datacenter: str, appliance: str, machine: str, action: str
    ) -> HttpResponse:
        self.actor.need(Permission.request_tasks)
        server = reach.machine_of(self.actor, datacenter, appliance, machine)
        return _asked_for(self, [server], action)


class ApplianceAction(Door):
    """Deploy or undeploy all virtual machines of an appliance: one task each."""

    answers = ACCEPTED

    def post(self, request: Request, datacenter: str, appliance: str, action: str) -> HttpResponse:
        self.actor.need(Permission.request_tasks)
        return _asked_for(self, list(reach.machines_of(self.actor, datacenter, appliance)), action)


def changed_values(server: Server, given: Dto) -> dict[str, Any]:
    """What a virtual machine that was sent back wants of its server: CPU, memory in MB and disk in GB.

    Raises:
        Problem: 400 `invalid`: a value that is none, or one that nobody can set here.
    """
    wanted = {"cpu": _number(given, "cpu"), "ram": _number(given, "ram")}
    size = _number(given, "hdInBytes")
    wanted["disk"] = None if size is None else -(-size // GIB)
    for name in ("name", "label"):
        if given.get(name) not in (None, "", server.hostname):
            raise bad_value(
                "invalid", f"The {name} is not changed here.", hint="Leave it as it is.", field=name
            )
    return {
        name: value for name, value in wanted.items() if value is not None and value != getattr(server, name)
    }


def _number(given: Dto, name: str) -> int | None:
    value = given.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19:
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 2**62:
        raise bad_value("invalid", f"{name} is a whole number above 0.", field=name)
    return value


def _asked_for(door: Door, servers: list[Server], action: str) -> HttpResponse:
    given = door.sent(is_needed=False)
    for name in LIMITS:
        flag(given, name)
    is_forced = flag(given, FORCED) and action == "undeploy"
    tasks = request_operation(
        actor=door.actor,
        servers=servers,
        type=Task.Type(action.upper()),
        options={"force": True} if is_forced else {},
    )
    return door.told(status_links(tasks, door.links), 202)
