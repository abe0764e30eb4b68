"""The Django app `hooks`: what a hooks.conf becomes here."""

from django.apps import AppConfig


class HooksConfig(AppConfig):
    """The hooks file, called functions and life-cycle traps."""

    name = "hooks"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the chores."""
        from hooks.services.calls import rest_tokens

        rest_tokens.connect()
