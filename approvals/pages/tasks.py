"""One task: what will happen, what was said, and what may be done about it."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.actors import Actor
from accounts.pages.access import page
from accounts.roles import Permission
from approvals.connector.reading import deliveries_of
from approvals.models import Answer, Task
from approvals.pages.answering import filled_in, kind_of
from approvals.services import groups, talking
from approvals.services.blocking import blocks
from approvals.services.deciding import VERBS, decide
from approvals.services.reading import task_of
from approvals.services.showing import shown_to
from common.ids import row_id
from common.problems import Problem

MOST_DELIVERIES = 5
SEE = (Permission.view_tasks, Permission.request_tasks)


@page(SEE)
def task_detail(request: HttpRequest, actor: Actor, task_id: UUID) -> HttpResponse:
    """The task; follows by itself until it is over."""
    return _shown(request, actor, task_id)


@page(SEE, "POST")
def task_decide(request: HttpRequest, actor: Actor, task_id: UUID) -> HttpResponse:
    """Continue or cancel what was seen."""
    task = task_of(actor, task_id)
    kind = kind_of(request.POST.get("answer", ""))
    try:
        after = decide(
            actor=actor,
            task_id=task_id,
            kind=kind,
            message=request.POST.get("message", ""),
            way=_way(request.POST.get("way", "")),
            form=filled_in(task, request.POST),
            on_behalf_of=row_id(request.POST.get("on_behalf_of", "")),
            content_hash=request.POST.get("content_hash"),
        )
    except Problem as problem:
        # What was typed stays, and the page tells how things stand by now.
        return _shown(request, actor, task_id, problem)
    waits = after.state == Task.State.QUEUEING
    said = "Your answer is kept; others are still asked." if waits else f"You {VERBS[kind]} the task."
    messages.success(request, said)
    return redirect("approvals:task-detail", task_id)


@page(SEE, "POST")
def task_say(request: HttpRequest, actor: Actor, task_id: UUID) -> HttpResponse:
    """Comment, or ask whoever requested it for information."""
    say = talking.ask if request.POST.get("kind") == Answer.Kind.QUESTION else talking.comment
    message = request.POST.get("message", "")
    return _done(
        request,
        actor,
        task_id,
        lambda: say(actor=actor, task_id=task_id, message=message, way=Answer.Way.PAGE),
    )


@page(SEE, "POST")
def task_reassign(request: HttpRequest, actor: Actor, task_id: UUID) -> HttpResponse:
    """Have others asked."""
    users = [found for text in request.POST.getlist("to") if (found := row_id(text))]
    message = request.POST.get("message", "")
    return _done(
        request,
        actor,
        task_id,
        lambda: talking.reassign(
            actor=actor, task_id=task_id, to_users=users, message=message, way=Answer.Way.PAGE
        ),
    )


@page(SEE, "POST")
def task_acknowledge(request: HttpRequest, actor: Actor, task_id: UUID) -> HttpResponse:
    """Take note that it failed."""
    return _done(request, actor, task_id, lambda: talking.acknowledge(actor=actor, task_id=task_id))


def _done(request: HttpRequest, actor: Actor, task_id: UUID, work: Callable[[], object]) -> HttpResponse:
    task_of(actor, task_id)
    try:
        work()
    except Problem as problem:
        messages.error(request, problem.told)
    return redirect("approvals:task-detail", task_id)


def _reads_deliveries(actor: Actor) -> bool:
    return actor.may(Permission.workflow_override) or actor.may(Permission.manage_workflow)


def _way(text: str) -> Answer.Way:
    return Answer.Way.CHAT if text == Answer.Way.CHAT else Answer.Way.PAGE


def _shown(request: HttpRequest, actor: Actor, task_id: UUID, problem: Problem | None = None) -> HttpResponse:
    task = task_of(actor, task_id)
    shown = shown_to(actor, task)
    asked = request.POST or request.GET
    context = {
        "task": task,
        "shown": shown,
        "view": shown.view,
        "problem": problem,
        "blocks": blocks(task),
        "is_waiting": task.state == Task.State.QUEUEING,
        "is_open": task.state in Task.OPEN,
        "is_own": task.requester_id is not None and task.requester_id == actor.user_id,
        "may_continue": shown.view.may_continue or shown.absent is not None,
        "may_cancel": shown.view.may_cancel or shown.absent is not None,
        "may_comment": talking.may_comment(task, actor),
        "askable": groups.handable_to(actor, task) if shown.view.may_continue else [],
        "deliveries": list(deliveries_of(actor, task)[:MOST_DELIVERIES]) if _reads_deliveries(actor) else [],
        "asked": {name: asked.get(name, "") for name in ("answer", "message", "way")},
        "filled": {field["name"]: request.POST.get(f"form.{field['name']}", "") for field in task.form},
    }
    return render(request, "approvals/task.html", context, status=problem.status if problem else 200)
