"""Notices above other pages, which ask for them when they are there: no page waits for them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts import notices
from accounts.actors import Actor
from accounts.pages.access import page
from accounts.roles import Permission

MOST_KEY = 200


@page(Permission.view)
def unseen_notices(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Those that were not put away."""
    return render(request, "parts/notices.html", {"notices": notices.unseen(request, actor)})


@page(Permission.view, "POST")
def notice_seen(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show a notice no more; the answer takes its place on the page, and is empty."""
    notices.put_away(request, request.POST.get("key", "")[:MOST_KEY])
    return HttpResponse()
