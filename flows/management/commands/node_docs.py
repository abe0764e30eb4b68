"""Write the page about all node types."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from flows.sdk import node_types
from flows.sdk.loading import is_own
from flows.services.node_docs import render_node_docs


class Command(BaseCommand):
    """`manage.py node_docs`: derive `docs/nodes.md` from the registered types."""

    help = "Write docs/nodes.md from the registered node types."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--out", type=Path, default=Path(settings.BASE_DIR) / "docs" / "nodes.md")
        parser.add_argument("--check", action="store_true", help="fail when the page is not current")

    def handle(self, *args: Any, **options: Any) -> None:
        out: Path = options["out"]
        # A stranger's pack is documented by its own pages, and whether it is installed must not change ours.
        ours = [node for node in node_types.values() if is_own(type(node).__module__)]
        page = render_node_docs(ours)
        if options["check"]:
            if not out.is_file() or out.read_text() != page:
                raise CommandError(f"{out} is not current: run `manage.py node_docs`.")
            return
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(page)
        self.stdout.write(str(out))
