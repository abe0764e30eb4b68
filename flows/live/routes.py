"""The websocket routes of flows."""

from django.urls import path, re_path

from flows.live.consumers import FlowRunsConsumer, NothingHere, RunConsumer

websocket_urlpatterns = [
    path("ws/v1/runs/<uuid:run_id>/", RunConsumer.as_asgi()),
    path("ws/v1/flows/<uuid:flow_id>/runs/", FlowRunsConsumer.as_asgi()),
    # Channels raises for a path without a route: a handshake answered with 500, and a traceback in the log.
    re_path(r"", NothingHere.as_asgi()),
]
