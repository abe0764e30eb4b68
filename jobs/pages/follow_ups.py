"""Changing what follows a job, one entry at a time; each entry is set up in the editor."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.actors import Actor
from accounts.pages.access import page
from accounts.roles import Permission
from common.problems import Problem, bad_value
from jobs.services.follow_ups import MODES, Action, follow_ups, set_follow_ups
from jobs.services.reach import job_for

Change = Callable[[list[Action], str], list[Action]]


def _moved(actions: list[Action], node_id: str, by: int) -> list[Action]:
    place = next((number for number, action in enumerate(actions) if action.id == node_id), None)
    if place is None:
        return actions
    entry = actions.pop(place)
    actions.insert(max(0, place + by), entry)
    return actions


CHANGES: dict[str, Change] = {
    "add": lambda actions, node_type: [*actions, Action(type=node_type)],
    "up": lambda actions, node_id: _moved(actions, node_id, -1),
    "down": lambda actions, node_id: _moved(actions, node_id, 1),
    "remove": lambda actions, node_id: [action for action in actions if action.id != node_id],
}


@page(Permission.publish_flows, "POST")
def job_follow_ups(request: HttpRequest, actor: Actor, job_id: UUID, mode: str) -> HttpResponse:
    """Add, move or remove an entry."""
    job = job_for(actor, job_id)
    change = CHANGES.get(request.POST.get("do", ""))
    if change is None or mode not in MODES:
        raise bad_value("bad_change", "Say add, up, down or remove.", field="do")
    found = follow_ups(job, mode)
    if not found.is_list:
        messages.error(request, "This was drawn as more than a list: change it in the editor.")
    else:
        try:
            wanted = change(list(found.actions), request.POST.get("entry", ""))
            set_follow_ups(actor=actor, job=job, mode=mode, actions=wanted)
        except Problem as problem:
            messages.error(request, problem.told)
    return redirect(f"{reverse('jobs:job-detail', args=[job.id])}#on-{mode}")
