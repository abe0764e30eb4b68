"""The Django app `accounts`."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Names the app; see `DESIGN` in the docs for what it holds."""

    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
