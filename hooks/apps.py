"""The Django app `hooks`: what a hooks.conf becomes here."""

from django.apps import AppConfig


class HooksConfig(AppConfig):
    """The hooks file, called functions and life-cycle traps."""

    name = "hooks"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the chores, follow the hooks file, and let its flows reach what it names."""
        from flows.services import sweeping, ways_out
        from hooks.services import file_credentials, file_flows, following
        from hooks.services.calls import rest_tokens

        rest_tokens.connect()
        file_credentials.connect()
        sweeping.every_second("hooks file", following.follower.look)
        ways_out.register(file_flows.places_of)
