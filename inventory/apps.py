"""The Django app `inventory`."""

from django.apps import AppConfig


class InventoryConfig(AppConfig):
    """Names the app; see `DESIGN` in the docs for what it holds."""

    name = "inventory"
    default_auto_field = "django.db.models.BigAutoField"
