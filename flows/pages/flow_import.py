"""Import: what a file would add is shown first; nothing changes before that is confirmed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.actors import Actor
from accounts.roles import Permission
from flows.graph import write_document
from flows.pages.access import page
from flows.pages.forms import ImportForm
from flows.services.transfer import import_flow, preview_import


@page(Permission.edit_flows, "GET POST")
def flow_import(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Take a file or text, and show what it would add and what it needs."""
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "flows/flow_import.html", {"form": form})
    preview = preview_import(actor, form.raw())
    context = {
        "form": form,
        "preview": preview,
        "document": write_document(preview.document).decode() if preview.document else "",
        "missing": [
            need
            for need in (*preview.node_types, *preview.event_types, *preview.credentials)
            if not need.is_here
        ],
    }
    template = "flows/flow_import_preview.html" if preview.is_ok else "flows/flow_import.html"
    return render(request, template, context)


@page(Permission.edit_flows, "POST")
def flow_import_confirm(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Make the flow that was previewed: off, and only a draft. The document is read again, as strictly."""
    preview = preview_import(actor, request.POST.get("document", "").encode())
    if preview.document is None:
        form = ImportForm()
        return render(request, "flows/flow_import.html", {"form": form, "preview": preview}, status=400)
    name = request.POST.get("name", "").strip()[:200]
    flow = import_flow(actor=actor, document=preview.document, name=name)
    messages.success(request, f"Imported {flow.name}. It is off until you publish it.")
    return redirect("flows:flow-editor", flow.id)
