"""The hooks file that is followed, and the import of one."""

from hashlib import sha256
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.actors import Actor
from accounts.pages.access import page, problems_into
from accounts.roles import Permission
from flows.pages.forms import posted
from hooks.services.file_state import file_state, followed_path, may_see_file
from hooks.services.importing import import_hooks, preview
from hooks.services.reading import MOST_BYTES
from look.forms import SiteForm

EXAMPLE = """hooks:
  - event_type: workflow_failed
    implementation: cloudify.snmp.snmp_trap.send_snmp_trap
    inputs:
      destination_address: traps.example.org
      destination_port: 162
      community_string: public
    description: Tell the monitoring what failed"""


class ImportForm(SiteForm):
    """A hooks.conf, pasted or as a file. `previewed` is the hash of what the preview shows."""

    text = forms.CharField(
        label="The text of hooks.conf",
        required=False,
        strip=False,
        max_length=MOST_BYTES,
        widget=forms.Textarea(
            attrs={
                "class": "form-control font-monospace",
                "rows": 12,
                "spellcheck": "false",
                "autocomplete": "off",
                "placeholder": EXAMPLE,
            }
        ),
    )
    file = forms.FileField(label="Or the file itself", required=False, allow_empty_file=True)
    only_first = forms.BooleanField(
        label="Only the first hook of an event type",
        required=False,
        help_text="The original runs no more than that. Without it, all hooks of the file become flows.",
    )
    is_enabled = forms.BooleanField(
        label="Switch the flows on",
        required=False,
        help_text="They are published and run with the next event. Without it they are drafts.",
    )
    previewed = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def wanted(self) -> str | bytes:
        """What is to be read: the file, where there is one."""
        file = self.cleaned_data.get("file")
        if file is None:
            return str(self.cleaned_data["text"]).replace("\r\n", "\n")
        content: bytes = file.read(MOST_BYTES + 1)
        return content


@page((Permission.view, Permission.manage_credentials), "GET")
def hooks_page(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The followed file, for those who may see it, and the way to the import."""
    state = file_state(actor) if may_see_file(actor) else None
    return render(request, "hooks/hooks.html", {"state": state})


@page(Permission.manage_credentials, "GET POST")
def import_page(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Paste or upload, look at what it becomes, import."""
    form = ImportForm(posted(request), request.FILES or None)
    context: dict[str, Any] = {"form": form, "followed": followed_path(actor)}
    if request.method == "POST" and form.is_valid():
        raw = form.wanted()
        only_first = form.cleaned_data["only_first"]
        mark = _mark(raw, only_first)
        if "import" in request.POST and form.cleaned_data["previewed"] == mark:
            with problems_into(form):
                made = import_hooks(
                    actor, raw, only_first=only_first, is_enabled=form.cleaned_data["is_enabled"]
                )
                count = len(made.flows)
                messages.success(request, f"{count} {'flow is' if count == 1 else 'flows are'} imported.")
                return redirect("flows:flow-list")
        context["preview"] = preview(actor, raw, only_first=only_first)
        text = raw.decode(errors="replace") if isinstance(raw, bytes) else raw
        # With what came as a file in it, the import needs no second upload.
        context["form"] = ImportForm({**request.POST.dict(), "text": text, "previewed": mark})
        context["is_changed"] = "import" in request.POST and form.cleaned_data["previewed"] != mark
    return render(request, "hooks/import.html", context)


def _mark(raw: str | bytes, only_first: bool) -> str:
    content = raw.encode(errors="replace") if isinstance(raw, str) else raw
    return sha256(content.replace(b"\r\n", b"\n") + bytes([only_first])).hexdigest()
