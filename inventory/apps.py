"""The Django app `inventory`: the platform's tables, their nodes and events."""

from django.apps import AppConfig


class InventoryConfig(AppConfig):
    """Listens to what happens to users, so that it becomes events."""

    name = "inventory"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from inventory.pages import audit_names
        from inventory.services import account_events, effects

        audit_names.tell()
        account_events.connect()
        effects.connect()
