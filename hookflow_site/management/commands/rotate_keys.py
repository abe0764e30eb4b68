"""`manage.py rotate_keys`: every stored secret with the newest key, while hookflow runs."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from common.crypto import ring
from hookflow_site.rotation import rotate


class Command(BaseCommand):
    help = (
        "Encrypt every stored secret with the first of ENCRYPTION_KEYS, and see that each opens. hookflow may run "
        "meanwhile; stopped, it goes on where it was. Afterwards the older keys can go, unless a backup needs them."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="Change nothing; say what there is.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, then look at everything once more.

        Raises:
            CommandError: a secret does not open, or is still under an older key.
        """
        if not options["check"]:
            for done in rotate():
                self.stdout.write(f"{done.renewed} encrypted anew, {done.current} were already.")
        *_, found = rotate(only_look=True)
        old = found.seen - found.current - found.damaged
        self.stdout.write(
            f"{found.current} of {found.seen} secrets are under the key {ring().active_key_id!r}."
        )
        if found.damaged:
            raise CommandError(f"{found.damaged} do not open: put back the keys that they were made with.")
        if old:
            raise CommandError(f"{old} are under an older key: keep it, and run this without --check.")
