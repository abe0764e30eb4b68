"""`manage.py restore FILE`: put a backup back, while hookflow is stopped."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError

from hookflow_site.backup import BadArchive, CannotRestore, restore
from hookflow_site.schema import NewerSchema


class Command(BaseCommand):
    help = "Put the database and the keys of an archive back. Stop hookflow first."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The archive, and whether what is there may be lost."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--replace", action="store_true", help="lose what the database holds now")

    def handle(self, *args: Any, **options: Any) -> None:
        """Restore it.

        Raises:
            CommandError: the archive or the database does not allow it.
        """
        try:
            manifest = restore(options["file"].absolute(), replace=options["replace"])
        except (BadArchive, CannotRestore, NewerSchema) as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"Restored the backup of {manifest.created_at}.")
