"""`manage.py end_demo`: what was a local demo may no longer call this machine."""

from typing import Any

from django.core.management import BaseCommand

from hookflow_site.demo import end


class Command(BaseCommand):
    """Ends the demo. A second time changes nothing."""

    help = "Take back the demo's permission to call addresses on this machine; its rows stay."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        end()
