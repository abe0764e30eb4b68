"""The Django app `flows`: draw, compile and run."""

import logging

from django.apps import AppConfig

from flows.sdk.registry import discover

logger = logging.getLogger(__name__)


class FlowsConfig(AppConfig):
    """Fills the registries of node types and event types from the entry points of all installed packages."""

    name = "flows"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load what the entry points name and offer the figures. A broken package is logged, its types unavailable."""
        from flows.pages import audit_names
        from flows.services import figures

        audit_names.tell()
        figures.register()
        for group in ("hookflow.nodes", "hookflow.event_types", "hookflow.credentials"):
            for name, reason in discover(group).items():
                logger.error("The package %r of %s could not be loaded: %s", name, group, reason)
