"""Routes of the flows API, below `/api/v1/`."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from flows.api import drafting, errands, events, flows, runs, versions

router = SimpleRouter(use_regex_path=False)
router.register("flows", versions.VersionViewSet, basename="flow-version")
router.register("flows", drafting.DraftingViewSet, basename="flow-drafting")
router.register("flows", errands.ChoicesViewSet, basename="flow-choices")
router.register("flows", flows.FlowViewSet, basename="flow")
router.register("runs", runs.RunViewSet, basename="run")
router.register("events", events.EventViewSet, basename="event")

urlpatterns = [
    path("node-types/", events.NodeTypesView.as_view(), name="node-types"),
    path("flow-settings/", events.FlowSettingsView.as_view(), name="flow-settings"),
    path("broken-modules/", events.BrokenModulesView.as_view(), name="broken-modules"),
    path("event-types/", events.EventTypesView.as_view(), name="event-types"),
    path("event-types/<str:name>/", events.EventTypeView.as_view(), name="event-type"),
    path("errands/<uuid:pk>/", errands.ErrandView.as_view(), name="errand"),
    *router.urls,
]
