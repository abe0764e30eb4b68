"""Every route of the site."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from hookflow_site import plugin_apps
from hookflow_site.api_docs import OpenApiView, api_docs
from hookflow_site.health import figures, readyz

handler404 = "accounts.pages.errors.not_found"
handler500 = "accounts.pages.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("readyz", readyz),
    path("metrics", figures),
    path("api/v1/", include("accounts.api.urls")),
    path("api/v1/", include("flows.api.urls")),
    path("api/v1/", include("inventory.api.urls")),
    path("api/v1/", include("actions.api.urls")),
    path("api/v1/", include("jobs.api.urls")),
    path("api/v1/", include("approvals.api.urls")),
    path("api/v1/", include("hooks.api.urls")),
    path("api/v1/openapi.json", OpenApiView.as_view(), name="openapi"),
    path("api/docs/", api_docs, name="api-docs"),
    path("api/", include("approvals.original.urls")),
    path("", include("accounts.pages.urls")),
    path("", include("actions.pages.urls")),
    path("", include("approvals.pages.urls")),
    path("", include("hooks.pages.urls")),
    path("", include("inventory.pages.urls")),
    path("", include("jobs.pages.urls")),
    path("", include("flows.pages.urls")),
    # Django's own forms would pass by the counting of tries and the forced change of a one-time password.
    path("admin/login/", RedirectView.as_view(pattern_name="accounts:sign-in", query_string=True)),
    path("admin/logout/", RedirectView.as_view(pattern_name="accounts:profile")),
    path("admin/password_change/", RedirectView.as_view(pattern_name="accounts:password")),
    path("admin/", admin.site.urls),
    *plugin_apps.urls(),
]
