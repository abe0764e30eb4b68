"""`manage.py load_demo`: the demo platform, on a local installation only."""

from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.db import transaction

from hookflow_site.demo import load


class Command(BaseCommand):
    """Fills an empty database with something to look at."""

    help = "Load the demo platform: tenant, users, servers, address pools and three flows."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Load it, whole or not at all.

        Raises:
            CommandError: this is no local installation.
        """
        if not settings.IS_LOCAL_DEMO:
            raise CommandError(
                "The demo platform is for local use only: set HOOKFLOW_LOCAL_DEMO=1 to load it."
            )
        with transaction.atomic():
            load()
