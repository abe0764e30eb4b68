"""Import: what a file would add is shown first; nothing changes before that is confirmed."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.actors import Actor
from accounts.pages.access import page
from accounts.roles import Permission
from common.problems import Problem, bad_value
from common.strict_json import dumps, loads
from flows.graph.limits import MAX_BYTES, MAX_VALUES
from flows.pages.forms import ImportForm, posted
from flows.services.transfer import import_flow, preview_import


@page(Permission.edit_flows, "GET POST")
def flow_import(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Take a file or text, and show what it would add and what it needs."""
    form = ImportForm(posted(request), request.FILES or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "flows/flow_import.html", {"form": form})
    try:
        document = _read(form.raw())
        preview = preview_import(actor=actor, document=document)
    except Problem as problem:
        return _refused(request, form, problem, status=200)
    context = {
        "preview": preview,
        "document": dumps(document).decode(),
        "missing": any(preview["needs"].values()),
    }
    return render(request, "flows/flow_import_preview.html", context)


@page(Permission.edit_flows, "POST")
def flow_import_confirm(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Make the flow that was previewed: off, and only a draft. The document is read again, as strictly."""
    name = request.POST.get("name", "").strip()[:200] or None
    try:
        document = _read(request.POST.get("document", "").encode())
        flow = import_flow(actor=actor, document=document, name=name)
    except Problem as problem:
        if problem.status != 400:
            raise
        return _refused(request, ImportForm(), problem, status=400)
    messages.success(request, f"“{flow.name}” is here. It is off until you publish it and switch it on.")
    return redirect("flows:flow-editor", flow.id)


def _read(raw: bytes) -> Any:
    if len(raw) > MAX_BYTES:
        raise bad_value(
            "too_large",
            f"The file has {len(raw):,} bytes; {MAX_BYTES:,} are the most.",
            hint="Split the flow.",
        )
    return loads(raw, max_nodes=MAX_VALUES)


def _refused(request: HttpRequest, form: ImportForm, problem: Problem, *, status: int) -> HttpResponse:
    errors = problem.extra.get("errors") or [{**problem.as_json(), "message": problem.message}]
    return render(request, "flows/flow_import.html", {"form": form, "errors": errors}, status=status)
