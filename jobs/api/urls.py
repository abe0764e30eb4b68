"""Routes of the API of jobs, below `/api/v1/`."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from jobs.api import action_settings, views

router = SimpleRouter(use_regex_path=False)
router.register("jobs", views.JobViewSet, basename="job")
router.register("job-runs", views.JobRunViewSet, basename="job-run")
router.register("commands", views.CommandViewSet, basename="command")
router.register("services", views.ServiceViewSet, basename="service")

urlpatterns = [
    path(
        "action-settings/<str:node_type>/",
        action_settings.ActionSettingsView.as_view(),
        name="action-settings",
    ),
    *router.urls,
]
