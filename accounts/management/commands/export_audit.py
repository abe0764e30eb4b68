"""`manage.py export_audit`: the sealed audit trail as JSON lines."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.actors import Actor
from accounts.models import Tenant
from accounts.services.audit_export import chunks


class Command(BaseCommand):
    """Writes to standard output, however long the trail is."""

    help = "Print the sealed audit trail as JSON lines, each with its place and hash in the chain."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", help="The short name of a tenant: its entries only.")
        parser.add_argument("--after", type=int, default=0, help="Begin after the entry of this id.")

    def handle(self, *args: Any, **options: Any) -> None:
        actor = Actor.system(self._tenant_id(options["tenant"]))
        for chunk in chunks(actor, options["after"], limit=None):
            self.stdout.write(chunk.decode(), ending="")

    def _tenant_id(self, slug: str | None) -> int | None:
        if slug is None:
            return None
        tenant_id = Tenant.objects.filter(slug=slug).values_list("id", flat=True).first()
        if tenant_id is None:
            raise CommandError(f"There is no tenant {slug}.")
        return tenant_id
