"""The Django app `actions`."""

from django.apps import AppConfig


class ActionsConfig(AppConfig):
    """Offers the tests of credentials to the workers."""

    name = "actions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from actions.pages import audit_names
        from actions.services import credential_checks, credential_notices

        audit_names.tell()
        credential_checks.offer()
        credential_notices.tell()
