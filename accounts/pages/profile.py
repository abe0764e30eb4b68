"""The own account."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.actors import Actor
from accounts.pages.access import page, problems_into
from accounts.pages.forms import ZoneForm
from accounts.roles import Permission
from accounts.services.zones import set_own_zone, zone_of_actor


@page(Permission.view_own, "GET POST")
def profile(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Who one is here, what one may do, and in which time zone one reads."""
    form = ZoneForm(request.POST or None, initial={"zone": getattr(request.user, "zone", "")})
    if request.method == "POST" and form.is_valid():
        with problems_into(form):
            set_own_zone(actor, form.cleaned_data["zone"])
            messages.success(request, "Your time zone is saved.")
            return redirect("accounts:profile")
    context = {"allowed": actor.permissions(), "form": form, "zone": zone_of_actor(actor).key}
    return render(request, "accounts/profile.html", context)
