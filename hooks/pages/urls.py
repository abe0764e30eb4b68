"""Routes of the pages of hooks."""

from django.urls import URLPattern

app_name = "hooks"

urlpatterns: list[URLPattern] = []
