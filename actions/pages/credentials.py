"""The pages of credentials."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.actors import Actor
from accounts.pages.access import page
from accounts.roles import Permission
from accounts.services.filters import narrowed
from actions.models import Credential
from actions.pages.credential_forms import AboutForm, ValuesForm, initial_of
from actions.services import credentials
from actions.services.credential_health import Health, health_of
from actions.services.credential_reading import live_values, staging_values
from actions.services.credential_tests import ask_test
from actions.services.filters import CredentialFilter
from common.problems import Problem
from flows.sdk import CredentialType, credential_types
from flows.services.errands import Told, errand_for, wait_for

PAGE_SIZE = 25
READ = (Permission.edit_flows, Permission.manage_credentials)
TEST_WAIT_SECONDS = 0.7


@dataclass(frozen=True, slots=True)
class Row:
    """A credential in the list."""

    credential: Credential
    kind: CredentialType | None
    health: Health
    uses: int
    is_own: bool


@page(READ)
def credential_list(request: HttpRequest, actor: Actor) -> HttpResponse:
    """One's own credentials, and those of the platform that are shared."""
    rows = narrowed(CredentialFilter, credentials.listed(actor), request.GET)
    found = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    shown: list[Credential] = list(found.object_list)
    uses = credentials.counted_uses(actor, shown)
    context = {
        "page": found,
        "rows": [
            Row(
                row,
                credential_types.get(row.type),
                health_of(row),
                uses[row.pk],
                credentials.is_own(actor, row),
            )
            for row in shown
        ],
        "kinds": credential_types.values(),
        "chosen": {"q": request.GET.get("q", ""), "type": request.GET.get("type", "")},
        "is_filtered": bool(request.GET.get("q") or request.GET.get("type")),
        "shows_tenants": actor.is_platform,
    }
    return render(request, "actions/credential_list.html", context)


@page(Permission.manage_credentials, "GET POST")
def credential_new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Choose a type, then fill in its form. With `chosen`, the editor waits for what is made."""
    kind = credential_types.get(request.GET.get("type", ""))
    if kind is None:
        return render(request, "actions/credential_types.html", {"kinds": credential_types.values()})
    forms = Forms(request, actor, kind, None)
    if forms.are_valid():
        try:
            made = credentials.create(actor=actor, type=kind.meta.type, **forms.sent())
        except Problem as problem:
            forms.take(problem)
        else:
            messages.success(request, f"{made.name} is made. Test whether it works.")
            address = reverse("actions:credential", args=[made.pk])
            return redirect(f"{address}?made=1" if request.GET.get("chosen") else address)
    return render(request, "actions/credential_form.html", {"kind": kind, "forms": forms})


@page(READ, "GET POST")
def credential(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """One credential: how it stands, who uses it, and its form."""
    if request.method == "POST":
        actor.need(Permission.manage_credentials)
    row = credentials.credential_for(actor, pk)
    kind = credential_types.get(row.type)
    may_change = actor.may(Permission.manage_credentials) and credentials.is_own(actor, row)
    forms = Forms(request, actor, kind, row) if kind and may_change else None
    if forms and forms.are_valid():
        try:
            credentials.change(actor=actor, credential=row, **forms.sent())
        except Problem as problem:
            forms.take(problem)
        else:
            messages.success(request, "Saved.")
            return redirect("actions:credential", pk)
    context = {
        "row": row,
        "kind": kind,
        "forms": forms,
        "health": health_of(row),
        "uses": credentials.uses_in_reach(actor, row),
        "may_change": may_change,
        "is_made": request.GET.get("made") == "1",
    }
    return render(request, "actions/credential_form.html", context)


@page(Permission.manage_credentials, "POST")
def credential_delete(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """Delete it; the question before named the flows that use it."""
    row = credentials.credential_for(actor, pk)
    try:
        credentials.delete(actor=actor, credential=row, confirm=request.POST.get("confirm") == "1")
    except Problem as problem:
        if problem.status == 404:
            raise
        messages.error(request, problem.told)
        return redirect("actions:credential", pk)
    messages.success(request, f"{row.name} is deleted.")
    return redirect("actions:credential-list")


@page(Permission.manage_credentials, "POST")
def credential_test(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """Have a worker test it; a part of the page that asks again until there is an answer."""
    row = credentials.credential_for(actor, pk)
    try:
        told = wait_for(ask_test(actor, row, staging="staging" in request.POST), TEST_WAIT_SECONDS)
    except Problem as problem:
        if problem.status == 404:
            raise
        return render(request, "actions/parts/test_result.html", {"refused": problem})
    return _result(request, credentials.credential_for(actor, pk), told)


@page(Permission.manage_credentials)
def credential_tested(request: HttpRequest, actor: Actor, pk: int, errand_id: UUID) -> HttpResponse:
    """The same, some time later."""
    told = errand_for(actor, errand_id)
    return _result(request, credentials.credential_for(actor, pk), told)


def _result(request: HttpRequest, row: Credential, told: Told) -> HttpResponse:
    return render(
        request, "actions/parts/test_result.html", {"row": row, "told": told, "health": health_of(row)}
    )


class Forms:
    """What is filled in for a credential: about it, the values that runs use, and those for trying out."""

    def __init__(
        self, request: HttpRequest, actor: Actor, kind: CredentialType, row: Credential | None
    ) -> None:
        data = request.POST or None
        self._row = row
        uses = credentials.uses_in_reach(actor, row) if row else []
        self.about = AboutForm(
            data,
            initial=initial_of(row) if row else None,
            may_share=actor.tenant_id is None and (row is None or row.tenant_id is None),
            is_used=bool(uses),
        )
        self.live = ValuesForm(kind, live_values(row) if row else None, data, prefix="live")
        self.staging = ValuesForm(kind, staging_values(row) if row else None, data, prefix="staging")

    @property
    def has_staging(self) -> bool:
        """Whether the second set of values is to be seen."""
        if self.about.is_bound:
            return bool(self.about["has_staging"].value())
        return self._row is not None and self._row.staging_fields is not None

    def are_valid(self) -> bool:
        return all([self.about.is_valid(), self.live.is_valid(), self.staging.is_valid()])

    def sent(self) -> dict[str, Any]:
        """The arguments of the service: all of what is new, of what is there only what is another."""
        about, values, row = self.about.cleaned_data, self.live.values(), self._row
        found: dict[str, Any] = {"is_shared": about["is_shared"]} if "is_shared" in about else {}
        if about["has_staging"]:
            staging = self.staging.values()
            if staging or row is None or row.staging_fields is None:
                found["staging"] = staging
        if row is None:
            return {**found, "name": about["name"], "values": values}
        found |= {"confirm": about.get("confirm", False)}
        found |= {"drop_staging": True} if row.staging_fields is not None and not about["has_staging"] else {}
        found |= {"name": about["name"]} if about["name"] != row.name else {}
        return found | ({"values": values} if values else {})

    def take(self, problem: Problem) -> None:
        """Show what the service refused, where it belongs.

        Raises:
            Problem: it is none of the forms' business.
        """
        if problem.status in (403, 404):
            raise problem
        is_taken = [self.live.take(problem, "values"), self.staging.take(problem, "staging")]
        if problem.code == "in_use" and "confirm" in self.about.fields:
            self.about.add_error("confirm", f"{problem.message} Say that this is meant.")
        elif not any(is_taken):
            self.about.add_problem(problem)
