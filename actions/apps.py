"""The Django app `actions`."""

from django.apps import AppConfig


class ActionsConfig(AppConfig):
    """Names the app; see `DESIGN` in the docs for what it holds."""

    name = "actions"
    default_auto_field = "django.db.models.BigAutoField"
