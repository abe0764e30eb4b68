"""Tasks of a virtual machine, one task, and deciding it."""

import json
from typing import Final

from django.http import HttpResponse
from rest_framework.request import Request

from accounts.roles import Permission, Role
from approvals.models import Answer
from approvals.original import reach
from approvals.original.dto.tasks import task_dto, tasks_dto
from approvals.original.links import machine_path
from approvals.original.views.base import Door, body_of
from approvals.services import deciding, talking

HISTORY: Final = 20
"""So many tasks of a server stay to be read."""
NEEDED: Final = {
    "continue": (Permission.workflow_override,),
    "cancel": (Permission.workflow_override, Permission.request_tasks),
    "ack": (Permission.workflow_override, Permission.request_tasks),
}
"""Who has none of these is refused whatever task it is; the services say who may decide which."""


class MachineTasks(Door):
    """The last tasks of a virtual machine, newest first."""

    answers = "tasks"

    def get(self, request: Request, datacenter: str, appliance: str, machine: str) -> HttpResponse:
        server = reach.machine_of(self.actor, datacenter, appliance, machine)
        rows = reach.operations(self.actor).filter(server=server)[:HISTORY]
        own = self.links.to("self", f"{machine_path(server.tenant_id, server.pk)}/tasks", entity="tasks")
        return self.told(tasks_dto(rows, self.links, [own]))


class OneTask(Door):
    answers = "task"
    of_task = True

    def get(self, request: Request, datacenter: str, appliance: str, machine: str, task: str) -> HttpResponse:
        known = reach.task_id_of(self.actor, datacenter, appliance, machine, task)
        return self.told(task_dto(reach.operations(self.actor).get(id=known), self.links))


class Decide(Door):
    """Continue, cancel or acknowledge a task; a body is the message, whatever its type is called."""

    of_task = True

    def post(
        self, request: Request, datacenter: str, appliance: str, machine: str, task: str, action: str
    ) -> HttpResponse:
        self.actor.need(*NEEDED[action])
        known = reach.task_id_of(self.actor, datacenter, appliance, machine, task)
        if action == "ack":
            talking.acknowledge(actor=self.actor, task_id=known)
        else:
            way = Answer.Way.CONNECTOR if self.actor.role == Role.connector else Answer.Way.API
            deciding.decide(
                actor=self.actor,
                task_id=known,
                kind=Answer.Kind(action),
                message=message_of(body_of(request)),
                way=way,
            )
        return HttpResponse(status=204)


def message_of(body: bytes) -> str:
    """The text that was sent along. Connectors that have nothing to say send an empty object."""
    text = body.decode(errors="replace").replace("\0", "\ufffd").strip()
    try:
        value = json.loads(text) if text[:1] in '{["n' and len(text) < 100 else text
    except (ValueError, RecursionError):
        return text
    if value in ({}, [], "", None):
        return ""
    return value if isinstance(value, str) else text
