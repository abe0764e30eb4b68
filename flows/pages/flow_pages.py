"""The pages of one flow: editor, versions, settings, export."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.actors import Actor
from accounts.pages.access import page, problems_into
from accounts.roles import Permission
from common.problems import Problem
from flows.models import Flow
from flows.pages.forms import FlowForm, RotationForm, SecretForm, posted
from flows.services import versions
from flows.services.credential_names import used_credentials
from flows.services.flow_reading import flow_for, listed_flow
from flows.services.flows import update_flow
from flows.services.hooks import describe, end_old_secret, hook_of, rotate_secret, take_secret, url_of
from flows.services.transfer import file_name


@page(Permission.view)
def flow_editor(request: HttpRequest, actor: Actor, flow_id: UUID) -> HttpResponse:
    """The page that the editor's island lives in."""
    flow = flow_for(actor, flow_id, has_documents=False)
    context = {
        "flow": flow,
        "may_edit": actor.may(Permission.edit_flows) and not flow.followed_file,
        "may_make_credentials": (
            actor.may(Permission.manage_credentials) and actor.tenant_id == flow.tenant_id
        ),
        "may_publish": actor.may(Permission.publish_flows) and not flow.followed_file,
        "may_run": actor.may(Permission.run_flows),
    }
    return render(request, "flows/flow_editor.html", context)


@page(Permission.view)
def flow_versions(request: HttpRequest, actor: Actor, flow_id: UUID) -> HttpResponse:
    """Every published version, newest first."""
    flow = listed_flow(actor, flow_id)
    return render(request, "flows/flow_versions.html", {"flow": flow, "versions": versions.listed(flow)})


@page(Permission.view, "GET POST")
def flow_settings(request: HttpRequest, actor: Actor, flow_id: UUID) -> HttpResponse:
    """Name, description, the webhook's address, and the way out."""
    if request.method == "POST":
        actor.need(Permission.edit_flows)
    flow = flow_for(actor, flow_id)
    form = FlowForm(posted(request), initial=_about(flow))
    if request.method == "POST" and form.is_valid():
        try:
            update_flow(actor=actor, flow=flow, **form.cleaned_data)
        except Problem as problem:
            if problem.status == 403:
                raise
            form.add_problem(problem)
        else:
            messages.success(request, "Saved.")
            return redirect("flows:flow-settings", flow.id)
    return _settings_page(request, flow, form=form)


@page(Permission.publish_flows, "POST")
def hook_rotate(request: HttpRequest, actor: Actor, flow_id: UUID) -> HttpResponse:
    """A new secret for the webhook; this answer alone shows it, so there is no redirect."""
    flow = flow_for(actor, flow_id)
    form = RotationForm(request.POST)
    if not form.is_valid():
        return _settings_page(request, flow, rotation_form=form)
    return _settings_page(
        request, flow, new_secret=rotate_secret(actor=actor, flow=flow, **form.cleaned_data)
    )


@page(Permission.publish_flows, "POST")
def old_secret_end(request: HttpRequest, actor: Actor, flow_id: UUID) -> HttpResponse:
    """The secret before is taken no more."""
    flow = flow_for(actor, flow_id)
    end_old_secret(actor=actor, flow=flow)
    messages.success(request, "The secret before the one in use has ended.")
    return redirect("flows:flow-settings", flow.id)


@page(Permission.publish_flows, "POST")
def hook_secret(request: HttpRequest, actor: Actor, flow_id: UUID) -> HttpResponse:
    """The secret that the calling system issued."""
    flow = flow_for(actor, flow_id)
    form = SecretForm(request.POST, auto_id="taken_%s")
    if form.is_valid():
        with problems_into(form):
            take_secret(actor=actor, flow=flow, **form.cleaned_data)
    if not form.is_valid():
        return _settings_page(request, flow, secret_form=form)
    messages.success(request, "The secret is in use.")
    return redirect("flows:flow-settings", flow.id)


def _about(flow: Flow) -> dict[str, str]:
    return {"name": flow.name, "description": flow.description}


def _settings_page(
    request: HttpRequest,
    flow: Flow,
    *,
    form: FlowForm | None = None,
    secret_form: SecretForm | None = None,
    rotation_form: RotationForm | None = None,
    new_secret: str = "",
) -> HttpResponse:
    hook = hook_of(flow)
    context = {
        "flow": flow,
        "form": form or FlowForm(initial=_about(flow)),
        "secret_form": secret_form or SecretForm(auto_id="taken_%s"),
        "rotation_form": rotation_form or RotationForm(),
        "old_until": describe(flow).old_until,
        "hook": hook,
        "hook_url": url_of(hook) if hook else "",
        "new_secret": new_secret,
        "credentials": used_credentials(flow),
    }
    return render(request, "flows/flow_settings.html", context)


@page(Permission.view)
def flow_export(request: HttpRequest, actor: Actor, flow_id: UUID) -> HttpResponse:
    """The canonical document as a file: the published version, or what `version` names."""
    flow = flow_for(actor, flow_id)
    newest = str(flow.published.number) if flow.published else "draft"
    content = versions.exported(flow, request.GET.get("version") or newest)
    response = HttpResponse(content, content_type="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name(flow)}.json"'
    return response
