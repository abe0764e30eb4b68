"""Routes of the pages of hooks."""

from django.urls import URLPattern, path

from hooks.pages import mib

app_name = "hooks"

urlpatterns: list[URLPattern] = [
    path("settings/hooks/CLOUDIFY-MIB.mib", mib.mib, name="mib"),
]
