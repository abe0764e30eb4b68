"""The audit trail."""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from accounts.actors import Actor
from accounts.audit_names import kinds
from accounts.models import AuditEntry
from accounts.pages.access import page
from accounts.pages.audit_lines import name_lines, newest_lines
from accounts.pages.ranges import CHOICES, RANGES
from accounts.roles import Permission
from accounts.scope import visible
from common.clock import SystemClock
from common.ids import row_id

FILTERS = ("q", "target", "verb", "range")


@page(Permission.view_audit)
def audit_list(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Who did what, newest first, a slice at a time."""
    rows = filtered(visible(AuditEntry, actor), request.GET, SystemClock().now())
    before, after = row_id(request.GET.get("before", "")), row_id(request.GET.get("after", ""))
    found = newest_lines(rows, before, after)
    name_lines(actor, found.lines)
    chosen = {name: request.GET.get(name, "") for name in FILTERS}
    context = {
        "lines": found.lines,
        "newer": found.newer,
        "older": found.older,
        "chosen": chosen,
        "is_filtered": any(chosen.values()),
        "kinds": sorted({*kinds(), *filter(None, [_word(chosen["target"])])}),
        "ranges": CHOICES,
        "shows_tenants": actor.is_platform,
    }
    return render(request, "accounts/audit_list.html", context)


def filtered(rows: QuerySet[AuditEntry], query: QueryDict, now: datetime) -> QuerySet[AuditEntry]:
    """Entries of a `target`, a `verb` and a `range`, with `q` as the one who did it or as the thing's id."""
    if text := query.get("q", "").strip()[:120]:
        rows = rows.filter(Q(actor_name__icontains=text) | Q(target_id=text[:64]))
    for name in ("target", "verb"):
        if value := _word(query.get(name, "")):
            rows = rows.filter(**{name: value})
    if chosen := RANGES.get(query.get("range", "")):
        # Ids rise with time; by its id the list stays in the order of an index.
        since = AuditEntry.objects.filter(at__gte=now - chosen[1]).order_by("at").values_list("id", flat=True)
        first = since.first()
        rows = rows.filter(id__gte=first) if first is not None else rows.none()
    return rows.select_related("tenant")


def _word(text: str) -> str:
    return text.strip()[:60].replace(" ", "_").lower()
