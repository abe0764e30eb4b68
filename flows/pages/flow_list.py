"""The list of flows."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.actors import Actor
from accounts.pages.access import page
from accounts.roles import Permission
from accounts.services.filters import narrowed
from flows.models import Flow, Run, Trigger
from flows.pages.refusals import why_not_run, why_not_switch
from flows.sdk.triggers import TRIGGER_SPECS, TriggerKind
from flows.services.filters import FlowPageFilter
from flows.services.flow_reading import listed
from flows.services.run_statistics import LAST_RUNS, last_runs

PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class Row:
    """A flow in the list, with its newest runs (oldest first), as many gaps as fill up to ten, and what is refused."""

    flow: Flow
    runs: list[Run]
    run_refusal: str
    switch_refusal: str

    @property
    def gaps(self) -> range:
        """Places without a run yet."""
        return range(LAST_RUNS - len(self.runs))

    @property
    def last(self) -> Run | None:
        return self.runs[-1] if self.runs else None

    @property
    def starts(self) -> tuple[str, str]:
        """An icon and words for what starts the published version."""
        trigger: Trigger | None = getattr(self.flow, "trigger", None)
        if trigger is None:
            return "", ""
        spec = TRIGGER_SPECS[TriggerKind(trigger.kind)](**trigger.spec)
        return spec.icon, spec.told


@page(Permission.view)
def flow_list(request: HttpRequest, actor: Actor) -> HttpResponse:
    """All flows in reach by name, with search."""
    found = Paginator(narrowed(FlowPageFilter, listed(actor), request.GET), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    context = {
        "page": found,
        "rows": rows_of(actor, list(found.object_list)),
        "states": list(FlowPageFilter.STATES.items()),
        "chosen": {"q": request.GET.get("q", ""), "state": request.GET.get("state", "")},
        "is_filtered": bool(request.GET.get("q") or request.GET.get("state")),
        "shows_tenants": actor.is_platform,
    }
    return render(request, "flows/flow_list.html", context)


def rows_of(actor: Actor, flows: list[Flow]) -> list[Row]:
    """The flows with their newest runs, and with what the actor cannot do to them."""
    runs = last_runs([flow.id for flow in flows])
    return [
        Row(flow, runs.get(flow.id, []), why_not_run(actor, flow), why_not_switch(actor, flow))
        for flow in flows
    ]
