"""The Django app `accounts`."""

from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.db import close_old_connections, connection

from common.crypto import use_keys
from common.egress import EgressPolicy, use_provider


class AccountsConfig(AppConfig):
    """Gives the process its encryption keys and the policy of the way out."""

    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """What `common` cannot know by itself comes from the settings and from the platform's row."""
        from accounts.pages import audit_names

        audit_names.tell()
        use_keys(settings.ENCRYPTION_KEYS)
        use_provider(allowed_by_the_platform)


def allowed_by_the_platform() -> EgressPolicy:
    """The networks that the environment allows, and those that a platform admin allowed. Reads the database."""
    from accounts.models import PlatformSettings

    # Mostly asked on a thread that no request begins or ends on: nobody else there drops a dead connection.
    if not connection.in_atomic_block:
        close_old_connections()
    named: Any = settings.HOOKFLOW["EGRESS_ALLOWED_NETWORKS"]
    return EgressPolicy.of([*named, *PlatformSettings.load().egress_allowed_networks])
