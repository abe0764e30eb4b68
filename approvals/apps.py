"""The Django app `approvals`: tasks that people and connectors continue or cancel."""

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    """Tasks, their policies and the decisions on them."""

    name = "approvals"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Hold servers, connect the chores, offer the figures, and tell the audit trail what things are called."""
        from approvals.connector import delivering
        from approvals.pages import audit_names, beside
        from approvals.services import cut_off, figures, gate, leaving, looking, posting

        audit_names.tell()
        gate.connect()
        cut_off.connect()
        looking.connect()
        leaving.connect()
        posting.connect()
        delivering.connect()
        figures.register()
        beside.tell()
