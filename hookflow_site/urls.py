"""Every route of the site."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from hookflow_site.health import figures, healthz, readyz

handler404 = "accounts.pages.errors.not_found"
handler500 = "accounts.pages.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz),
    path("readyz", readyz),
    path("metrics", figures),
    path("api/v1/", include("accounts.api.urls")),
    path("api/v1/", include("flows.api.urls")),
    path("", include("accounts.pages.urls")),
    path("admin/", admin.site.urls),
]
