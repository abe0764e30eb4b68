"""The Django app `approvals`: tasks that people and connectors continue or cancel."""

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    """Tasks, their policies and the decisions on them."""

    name = "approvals"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the chores."""
        from approvals.services import looking

        looking.connect()
