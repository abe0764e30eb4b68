"""The websocket routes of flows."""

from django.urls import path

from flows.live.consumers import FlowRunsConsumer, RunConsumer

websocket_urlpatterns = [
    path("ws/v1/runs/<uuid:run_id>/", RunConsumer.as_asgi()),
    path("ws/v1/flows/<uuid:flow_id>/runs/", FlowRunsConsumer.as_asgi()),
]
