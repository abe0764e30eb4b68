"""Backups: one archive with the database, the keys and a manifest that says what fits it."""

from hookflow_site.backup.archive import BadArchive, Manifest
from hookflow_site.backup.service import CannotRestore, back_up, restore

__all__ = ["BadArchive", "CannotRestore", "Manifest", "back_up", "restore"]
