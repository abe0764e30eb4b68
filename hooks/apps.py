"""The Django app `hooks`: what a hooks.conf becomes here."""

from django.apps import AppConfig


class HooksConfig(AppConfig):
    """The hooks file, called functions and life-cycle traps."""

    name = "hooks"
    default_auto_field = "django.db.models.BigAutoField"
