"""The queue of tasks that wait for review, and deciding many of them at once."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.actors import Actor
from accounts.pages.access import page
from accounts.roles import Permission
from accounts.services.slices import PAGE_SIZE
from accounts.services.tenants import listed as listed_tenants
from approvals.models import Answer, Task
from approvals.pages.answering import kind_of
from approvals.services import queue
from approvals.services.deciding import VERBS, decide
from approvals.services.queue import Which
from approvals.services.reading import task_of
from approvals.services.standing_in import stands_in_for
from common.ids import uuid_from
from common.problems import Problem

FILTERS = ("q", "type", "tenant", "run", "sort", "state")
MOST_SAID = 3


@page(Permission.view_tasks)
def queue_page(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What waits for review in reach, with filters; follows by itself."""
    return render(request, "approvals/queue.html", _listed(actor, request.GET))


@page(Permission.request_tasks)
def own_tasks(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The tasks that the actor asked for, waiting or not, newest first."""
    rows = queue.own(actor, request.GET)
    found = queue.page_of(actor, rows, "newest", request.GET)
    context = {"slice": found, "rows": found.rows, "q": request.GET.get("q", "")}
    return render(request, "approvals/own_tasks.html", context)


@page((Permission.view_tasks, Permission.request_tasks), "POST")
def decide_many(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Continue or cancel all that are marked, each by itself: one that is refused holds up no other."""
    kind = kind_of(request.POST.get("answer", ""))
    ids = [found for text in request.POST.getlist("task") if (found := uuid_from(text))][:PAGE_SIZE]
    message = request.POST.get("message", "")
    done, refused = 0, list[str]()
    for task_id in dict.fromkeys(ids):
        try:
            absent = stands_in_for(task_of(actor, task_id), actor)
            decide(
                actor=actor,
                task_id=task_id,
                kind=kind,
                message=message,
                way=Answer.Way.PAGE,
                on_behalf_of=absent.pk if absent else None,
            )
            done += 1
        except Problem as problem:
            refused.append(problem.told)
    _say(request, kind, done, refused)
    back = "approvals:own-tasks" if request.POST.get("from") == "own" else "approvals:queue"
    return redirect(f"{reverse(back)}?{QueryDict(request.POST.get('query', '')).urlencode()}")


def _say(request: HttpRequest, kind: Answer.Kind, done: int, refused: list[str]) -> None:
    if done:
        messages.success(request, f"{done} {'task is' if done == 1 else 'tasks are'} {VERBS[kind]}.")
    for text in list(dict.fromkeys(refused))[:MOST_SAID]:
        messages.error(request, text)
    if len(refused) > MOST_SAID:
        messages.error(request, f"{len(refused)} were refused in all.")
    if not done and not refused:
        messages.error(request, "Mark the tasks first.")


def _which(actor: Actor, wanted: str) -> Which:
    """Who decides only what is asked of them begins with that."""
    if wanted in tuple(Which):
        return Which(wanted)
    return Which.waiting if actor.may(Permission.workflow_override) else Which.asked


def _listed(actor: Actor, query: QueryDict) -> dict[str, Any]:
    chosen = {name: query.get(name, "") for name in FILTERS}
    which = _which(actor, chosen.pop("state"))
    is_waiting = which is not Which.over
    sort = chosen["sort"] if chosen["sort"] in queue.SORTS and is_waiting else "newest"
    rows = queue.listed(actor, chosen, which)
    found = queue.page_of(actor, rows, sort, query)
    return {
        "slice": found,
        "rows": found.rows,
        "which": which.value,
        "is_waiting": is_waiting,
        # A search would have to look at every row there is.
        "count": queue.counted(rows) if is_waiting and not chosen["q"] else "",
        "chosen": {**chosen, "sort": sort},
        "types": Task.Type.choices,
        "tenants": listed_tenants(actor) if actor.is_platform else [],
        "shows_tenants": actor.tenants is None or len(actor.tenants) > 1,
        "may_decide": any(row.may_continue or row.may_cancel for row in found.rows),
        "is_filtered": any(chosen[name] for name in ("q", "type", "tenant", "run")),
    }
