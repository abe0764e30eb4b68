"""Routes of the credentials API, below `/api/v1/`."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from actions.api import views

router = SimpleRouter(use_regex_path=False)
router.register("credentials", views.CredentialViewSet, basename="credential")

urlpatterns = [
    path("credential-types/", views.CredentialTypesView.as_view(), name="credential-types"),
    *router.urls,
]
