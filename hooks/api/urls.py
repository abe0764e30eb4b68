"""Routes of the API of hooks, below `/api/v1/`."""

from django.urls import URLPattern, path

from hooks.api import views

urlpatterns: list[URLPattern] = [
    path("hooks-file/", views.HooksFileView.as_view(), name="hooks-file"),
    path("hooks-file/preview/", views.HooksPreviewView.as_view(), name="hooks-preview"),
    path("hooks-file/import/", views.HooksImportView.as_view(), name="hooks-import"),
]
