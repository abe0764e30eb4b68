"""The Django app `flows`: draw, compile and run."""

import logging

from django.apps import AppConfig

from flows.sdk.loading import load_packages

logger = logging.getLogger(__name__)


class FlowsConfig(AppConfig):
    """Fills the registries of node types and event types from the entry points of all installed packages."""

    name = "flows"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load what the entry points name and offer the figures. A broken module is logged."""
        from accounts.services.audit_sealing import Sealer, unsealed
        from flows.pages import audit_names
        from flows.services import action_metrics, queue_metrics, schedules, sweeping

        audit_names.tell()
        sweeping.every_second("audit_seals", Sealer().seal, lambda _: [unsealed()])
        sweeping.every_second("schedules", schedules.fire_due, lambda now: [schedules.due(now)])
        queue_metrics.register()
        action_metrics.register()
        for broken in load_packages():
            logger.error("%s of %s is unavailable: %s", broken.module, broken.package, broken.error)
