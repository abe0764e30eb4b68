"""The two secrets of an installation, as files that only this user can read."""

import os
import secrets
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection, models

from common.crypto import new_key, ring, use_keys
from hookflow_site.env import BadSetting

SECRET_KEY, ENCRYPTION_KEYS = "SECRET_KEY", "ENCRYPTION_KEYS"


class KeyMissing(Exception):
    """The database holds secrets that no key here opens; the text is one sentence."""


def make_missing(folder: Path) -> None:
    """Make the key files that neither the folder nor the environment has."""
    if settings.SECRET_KEY == settings.NO_SECRET_KEY:
        settings.SECRET_KEY = secrets.token_urlsafe(64)
        write(folder / SECRET_KEY, settings.SECRET_KEY)
    if not settings.ENCRYPTION_KEYS:
        made = new_key("k1")
        write(folder / ENCRYPTION_KEYS, made)
        settings.ENCRYPTION_KEYS = [made]
        use_keys([made])


def refuse_none() -> None:
    """See that there are keys at all.

    Raises:
        KeyMissing: one of the two is not set.
    """
    has_secret = settings.SECRET_KEY != settings.NO_SECRET_KEY
    for name, is_there in ((SECRET_KEY, has_secret), (ENCRYPTION_KEYS, bool(settings.ENCRYPTION_KEYS))):
        if not is_there:
            raise KeyMissing(f"{name} is not set: set it, or let manage.py prepare --make-keys make it.")


def write(path: Path, text: str) -> None:
    """Write a secret whole or not at all, readable for this user alone."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{text}\n")
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def refuse_missing() -> None:
    """See that every encrypted column can be opened; one that is still to be made holds nothing.

    Raises:
        KeyMissing: a row was encrypted with a key that is not set.
    """
    for model, field in encrypted_fields():
        if not _has_column(model, field):
            continue
        texts = model._default_manager.exclude(**{field: ""}).values_list(field, flat=True)
        for text in texts.iterator(chunk_size=500):
            key_id = str(text).split(".")[1:2]
            if key_id and key_id[0] not in ring().key_ids:
                raise KeyMissing(
                    f"The database holds secrets that were encrypted with the key {key_id[0]!r}, which is not "
                    f"set: put it back into ENCRYPTION_KEYS or {settings.DATA_DIR / ENCRYPTION_KEYS}."
                )


def encrypted_fields() -> list[tuple[type[models.Model], str]]:
    """Every column that holds ciphertext: models name theirs in `encrypted_fields`."""
    return [(model, field) for model in apps.get_models() for field in getattr(model, "encrypted_fields", ())]


def _has_column(model: type[models.Model], field: str) -> bool:
    table, column = model._meta.db_table, getattr(model._meta.get_field(field), "column", field)
    with connection.cursor() as cursor:
        if table not in connection.introspection.table_names(cursor):
            return False
        return column in {
            found.name for found in connection.introspection.get_table_description(cursor, table)
        }


def refuse_without_secret() -> None:
    """Stop a web process that would sign sessions with a text that everyone can read.

    Raises:
        BadSetting: there is no `SECRET_KEY`. Tests need none.
    """
    if settings.SECRET_KEY == settings.NO_SECRET_KEY and "PYTEST_VERSION" not in os.environ:
        raise BadSetting(
            "SECRET_KEY is not set; start with `make run`, or run `manage.py prepare --make-keys`."
        )
