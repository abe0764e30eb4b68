"""The Django app `approvals`: tasks that people and connectors continue or cancel."""

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    """Tasks, their policies and the decisions on them."""

    name = "approvals"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the chores, and offer the figures."""
        from approvals.pages import beside
        from approvals.services import figures, looking, posting

        looking.connect()
        posting.connect()
        figures.register()
        beside.tell()
