"""`manage.py verify_audit`: whether the audit trail is as it was written."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts.actors import Actor
from accounts.services import audit_checks


class Command(BaseCommand):
    """Exit code 1 when something is wrong."""

    help = "Walk the chain of the audit trail and name every altered, missing, inserted or reordered entry."

    def add_arguments(self, parser: CommandParser) -> None:
        """A hash that was kept elsewhere."""
        parser.add_argument("--head", default="", help="The hash of a seal that was kept elsewhere.")
        parser.add_argument("--no-entry", action="store_true", help="Write no entry about this verification.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify, say what was found, and write it down."""
        found = audit_checks.verify(options["head"].strip().lower())
        for problem in found.problems:
            self.stderr.write(problem)
        if found.count > len(found.problems):
            self.stderr.write(f"… and {found.count - len(found.problems)} more.")
        self.stdout.write(f"{found.head.place} entries are sealed, {found.unsealed} are not yet.")
        if found.head.hash:
            self.stdout.write(f"The newest seal is {found.head.hash}")
        if not options["no_entry"]:
            audit_checks.note(Actor.system(), found)
        if found.count:
            sys.exit(1)
        self.stdout.write("The trail is whole.")
