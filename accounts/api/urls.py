"""Routes of the accounts API, below `/api/v1/`."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from accounts.api import schema, views  # noqa: F401  # schema registers how one signs in

router = SimpleRouter()
router.register("tenants", views.TenantViewSet, basename="tenant")
router.register("scopes", views.ScopeViewSet, basename="scope")
router.register("users", views.UserViewSet, basename="user")
router.register("tokens", views.TokenViewSet, basename="token")
router.register("audit", views.AuditViewSet, basename="audit")

urlpatterns = [
    *router.urls,
    path("platform/settings/", views.PlatformSettingsView.as_view(), name="platform-settings"),
    path("me/", views.MeView.as_view(), name="me"),
]
