"""The audit trail."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.actors import Actor
from accounts.audit_names import kinds
from accounts.pages.access import page
from accounts.roles import Permission
from accounts.services.audit_lines import lines_for
from accounts.services.filters import RANGE_CHOICES, word_of
from common.ids import row_id

FILTERS = ("q", "target", "verb", "range")


@page(Permission.view_audit)
def audit_list(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Who did what, newest first, a slice at a time."""
    before, after = row_id(request.GET.get("before", "")), row_id(request.GET.get("after", ""))
    found = lines_for(actor, request.GET, before, after)
    chosen = {name: request.GET.get(name, "") for name in FILTERS}
    context = {
        "lines": found.rows,
        "newer": found.newer,
        "older": found.older,
        "chosen": chosen,
        "is_filtered": any(chosen.values()),
        "kinds": sorted({*kinds(), *filter(None, [word_of(chosen["target"])])}),
        "ranges": RANGE_CHOICES,
        "shows_tenants": actor.is_platform,
    }
    return render(request, "accounts/audit_list.html", context)
