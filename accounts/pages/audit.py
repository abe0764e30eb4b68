"""The audit trail."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from accounts.actors import Actor
from accounts.audit_names import kinds
from accounts.downloads import JSON_LINES, streamed
from accounts.pages.access import page
from accounts.roles import Permission
from accounts.services.audit_export import chunks
from accounts.services.audit_lines import lines_for
from accounts.services.audit_sealing import state
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
        "state": state(),
        "shows_tenants": actor.is_platform,
    }
    return render(request, "accounts/audit_list.html", context)


@page(Permission.view_audit)
def audit_export(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """The sealed trail as a file, from its beginning or after the entry that `after` names."""
    after = row_id(request.GET.get("after", "")) or 0
    return streamed(request, chunks(actor, after), "audit.jsonl", JSON_LINES)
