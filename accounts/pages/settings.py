"""The platform's settings."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.actors import Actor
from accounts.models import PlatformSettings
from accounts.pages.access import page, problems_into
from accounts.pages.forms import PlatformForm
from accounts.roles import Permission
from accounts.services import mail, platform
from common.problems import Problem


@page(Permission.manage_platform, "GET POST")
def platform_settings(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The networks that flows may call, who may send mail, and how mail leaves."""
    row = PlatformSettings.load()
    initial = {name: "\n".join(getattr(row, name)) for name in platform.CHECKS}
    form = PlatformForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name].split() for name in platform.CHECKS}
        with problems_into(form):
            platform.update(actor, values)
            messages.success(request, "The settings are saved.")
            return redirect("accounts:platform-settings")
    return render(request, "accounts/platform_settings.html", {"form": form, "mail_status": mail.status()})


@page(Permission.manage_platform, "POST")
def test_mail(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Send a mail to the one who asks, and say how it went."""
    try:
        mail.send_test(actor, str(getattr(request.user, "email", "")))
    except Problem as problem:
        messages.error(request, f"The test mail did not go out. {problem.told}")
    else:
        messages.success(request, "The test mail is on its way.")
    return redirect("accounts:platform-settings")
