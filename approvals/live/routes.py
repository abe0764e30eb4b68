"""The websocket route of the queue."""

from django.urls import path

from approvals.live.consumers import ReviewsConsumer

websocket_urlpatterns = [path("ws/v1/reviews/", ReviewsConsumer.as_asgi())]
