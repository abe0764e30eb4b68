"""Routes of the pages of hooks."""

from django.urls import URLPattern, path

from hooks.pages import hooks, mib

app_name = "hooks"

urlpatterns: list[URLPattern] = [
    path("settings/hooks/", hooks.hooks_page, name="hooks"),
    path("settings/hooks/import/", hooks.import_page, name="import"),
    path("settings/hooks/CLOUDIFY-MIB.mib", mib.mib, name="mib"),
]
