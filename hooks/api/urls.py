"""Routes of the API of hooks, below `/api/v1/`."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
