"""Write the module and the test of a new node type."""

from argparse import ArgumentParser
from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from flows.management.scaffold import FOLDERS, NewNode
from flows.sdk import node_types


class Command(BaseCommand):
    """`manage.py new_node filter rate-limit`: two files, which pass the tests as they are."""

    help = "Write the module and the test of a new node type."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=sorted(FOLDERS))
        parser.add_argument("name", help="words joined by dashes, such as rate-limit")
        parser.add_argument("--app", default="actions", help="the app that it goes to")
        parser.add_argument(
            "--root", type=Path, default=Path(settings.BASE_DIR), help="the folder of the apps"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["name"] in node_types:
            raise CommandError(f"There is a type {options['name']!r} already.")
        new = NewNode(options["root"], options["app"], options["kind"], options["name"])
        try:
            new.write()
        except ValueError as error:
            raise CommandError(str(error)) from error
        for path in (new.module_path, new.test_path):
            self.stdout.write(str(path.relative_to(new.root)))
        if new.root == Path(settings.BASE_DIR):
            import_module(new.module)
            call_command("node_docs")
            self.stdout.write("Run `manage.py node_docs` again when you change its texts.")
