"""The page behind a link in a mail. Opening it changes nothing, whoever follows it: scanners decide nothing."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.middleware import open_to_forced_change
from accounts.models import User
from accounts.services.zones import told_in
from approvals.models import Answer, Task
from approvals.pages.answering import filled_in, kind_of
from approvals.services.blocking import blocks
from approvals.services.deciding import VERBS
from approvals.services.links import OpenLink, decide_by_link, link_of
from approvals.services.notice_texts import fields_of
from approvals.services.standing_in import stands_in_for
from common.problems import Problem


@csrf_exempt  # the token in the address is the authority: who knows it needs nobody else's browser
@open_to_forced_change
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def link_page(request: HttpRequest, token: str, answer: str) -> HttpResponse:
    """What will happen, and the button; by POST, the decision of the person whom the link was sent to."""
    try:
        kind = kind_of(request.POST.get("answer", answer))
        opened = link_of(token, _visitor(request))
        if request.method == "POST":
            return _decide(request, opened, token, kind)
        return _page(request, opened, kind)
    except Problem as problem:
        return _answer(request, "approvals/link_refused.html", {"problem": problem}, problem.status)


def _decide(request: HttpRequest, opened: OpenLink, token: str, kind: Answer.Kind) -> HttpResponse:
    try:
        task = decide_by_link(
            token,
            _visitor(request),
            kind,
            request.POST.get("message", ""),
            filled_in(opened.task, request.POST),
        )
    except Problem as problem:
        if problem.status != 400:
            raise
        return _page(request, opened, kind, problem)
    context = {"task": task, "word": VERBS[kind], "waits": task.state == Task.State.QUEUEING}
    return _answer(request, "approvals/link_done.html", context)


def _page(
    request: HttpRequest, opened: OpenLink, kind: Answer.Kind, problem: Problem | None = None
) -> HttpResponse:
    task = opened.task
    context = {
        "task": task,
        "ends": told_in(opened.zone, opened.link.expires_at),
        "person": opened.actor.name,
        "absent": stands_in_for(task, opened.actor),
        "blocks": blocks(task),
        "kind": kind.value,
        "fields": fields_of(task),
        "jobs": task.jobs.all(),
        "message": request.POST.get("message", ""),
        "filled": {field["name"]: request.POST.get(f"form.{field['name']}", "") for field in task.form},
        "problem": problem,
    }
    return _answer(request, "approvals/link.html", context, problem.status if problem else 200)


def _answer(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    response = render(request, template, context, status=status)
    # The address holds the token: it goes nowhere, and nothing keeps the page.
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store, private"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _visitor(request: HttpRequest) -> int | None:
    user = request.user
    return user.pk if isinstance(user, User) and user.is_authenticated else None
