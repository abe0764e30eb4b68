"""The Django app `jobs`: commands and flows with a schedule, and what became of each launch."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Has the workers' sweepers do what is due."""

    name = "jobs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from jobs.pages import audit_names
        from jobs.services import chores

        audit_names.tell()
        chores.connect()
