"""Tasks that wait for review: of an enterprise, and of a user."""

from typing import Final

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from rest_framework.request import Request

from accounts.roles import Permission
from approvals.models import Task
from approvals.original import reach
from approvals.original.dto.tasks import pending_links, tasks_dto
from approvals.original.links import enterprise_path, user_path
from approvals.original.paging import Page
from approvals.original.views.base import Door
from approvals.services.reading import without_texts
from common.problems import bad_value

MOST_WORDS: Final = 200
COLUMNS: Final = {
    "timestamp": "changed_at",
    "creationtimestamp": "created_at",
    "creation": "created_at",
    "type": "type",
    "state": "state",
    "taskid": "id",
    "ownerid": "server_id",
    "userid": "requester_id",
}
"""What `by` may name, in lower case."""


class PendingOfEnterprise(Door):
    """All that wait in an enterprise."""

    answers = "tasks"

    def get(self, request: Request, enterprise: str) -> HttpResponse:
        self.actor.need(Permission.view_tasks)
        if enterprise == reach.ALL:
            return _listed(self, request, waiting(self), "admin/enterprises/_")
        tenant = reach.enterprise_of(self.actor, enterprise)
        rows = waiting(self).filter(tenant=tenant)
        return _listed(self, request, rows, enterprise_path(tenant.pk if tenant else None))


class PendingOfUser(Door):
    """Those that a user asked for."""

    answers = "tasks"

    def get(self, request: Request, enterprise: str, user: str) -> HttpResponse:
        found = reach.user_of(self.actor, enterprise, user)
        rows = waiting(self).filter(requester=found)
        return _listed(self, request, rows, user_path(found.tenant_id, found.pk))


def waiting(door: Door) -> QuerySet[Task]:
    """Those in reach, newest first."""
    return reach.operations(door.actor).filter(state=Task.State.QUEUEING)


def _listed(door: Door, request: Request, rows: QuerySet[Task], owner: str) -> HttpResponse:
    asked = request.query_params
    if words := asked.get("has", "").strip()[:MOST_WORDS]:
        rows = rows.filter(_holds(words))
    rows = _ordered(rows, asked.get("by", ""), asked.get("asc", "true"))
    total, keys = Page.of(asked).keys(rows)
    read = without_texts(reach.told(Task.objects.all())).in_bulk(keys)
    found = [read[key] for key in keys if key in read]
    own = pending_links(door.links, owner) if total else ()
    return door.told(tasks_dto(found, door.links, own, total))


def _holds(words: str) -> Q:
    """Whether what the list shows of a task holds the text: user, enterprise, machine, type."""
    columns = ("requester__email", "requester_name", "server__hostname", "tenant__name", "type")
    return Q(*[(f"{column}__icontains", words) for column in columns], _connector=Q.OR)


def _ordered(rows: QuerySet[Task], by: str, ascending: str) -> QuerySet[Task]:
    if not by:
        return rows.order_by("-created_at", "-id")
    column = COLUMNS.get(by.lower())
    if column is None:
        raise bad_value(
            "invalid", "The list is not ordered by that.", hint=f"By {', '.join(COLUMNS)}.", field="by"
        )
    sign = "-" if ascending.lower() == "false" else ""
    return rows.order_by(f"{sign}{column}", f"{sign}id")
