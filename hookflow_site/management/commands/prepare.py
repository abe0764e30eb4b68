"""`manage.py prepare`: everything that has to be true before the services start."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import DatabaseError, connection

from accounts.services.bootstrap import create_first_admin
from hookflow_site import keys, plugin_apps, schema
from hookflow_site.launcher import prepared
from hookflow_site.sqlite_copies import copy_before_migration


class Command(BaseCommand):
    """Keys, schema, first administrator. Run it again at any time: what is there stays."""

    help = "Check the keys and the schema, migrate, and make the first administrator of an empty database."
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The options; the launcher uses all of them."""
        parser.add_argument("--make-keys", action="store_true", help="make keys that are missing")
        parser.add_argument("--copy-to", type=Path, help="keep a copy of an SQLite database here first")
        parser.add_argument("--json", action="store_true", help="say what was done as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it.

        Raises:
            CommandError: one sentence that says why hookflow must not start.
        """
        try:
            was_empty = self._migrate(options["copy_to"], make_keys=options["make_keys"])
        except (schema.NewerSchema, keys.KeyMissing) as refusal:
            raise CommandError(str(refusal)) from refusal
        except DatabaseError as error:
            reason = " ".join(str(error).split())
            raise CommandError(f"The database cannot be used: {reason}.") from error
        admin = create_first_admin()
        prepared.remember(settings.DATA_DIR, connection.settings_dict, settings.ENCRYPTION_KEYS)
        email, password = admin or ("", "")
        if options["json"]:
            done = {"is_new": was_empty, "admin_email": email, "admin_password": password}
            self.stdout.write(json.dumps(done))
        elif admin:
            self.stdout.write(f"Sign in as {email} with the one-time password {password}")

    def _migrate(self, copies: Path | None, *, make_keys: bool) -> bool:
        """Bring the schema up to date; whether the database was empty."""
        found = schema.read_schema()
        schema.refuse_newer(found)
        keys.refuse_missing()
        if make_keys:
            keys.make_missing(settings.DATA_DIR)
        keys.refuse_none()
        if found.pending:
            if copies is not None and not found.is_empty:
                copy_before_migration(connection, copies)
            settings.MIGRATION_MODULES.update({app.label: None for app in plugin_apps.guarded_apps.values()})
            call_command("migrate", interactive=False, verbosity=0)
            plugin_apps.migrate_each()
        return found.is_empty
