"""`manage.py backup FILE`: the database and the keys in one archive, while hookflow runs."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError

from hookflow_site.backup import back_up


class Command(BaseCommand):
    help = "Write the database and the keys into one archive. hookflow may run meanwhile."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it.

        Raises:
            CommandError: the file cannot be written.
        """
        target: Path = options["file"].absolute()
        try:
            back_up(target)
        except OSError as error:
            raise CommandError(f"{target} cannot be written: {error.strerror}.") from error
        self.stdout.write(
            f"Written to {target}. It holds the encryption keys: keep it as safe as a password."
        )
