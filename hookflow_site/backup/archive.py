"""The archive: a gzipped tar whose first member is the manifest, with a checksum of every other one."""

import hashlib
import io
import json
import os
import shutil
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

FORMAT, VERSION = "hookflow/backup", 1
MANIFEST = "manifest.json"
MAX_MANIFEST_BYTES = 4 * 1024 * 1024
CHUNK = 1024 * 1024


class BadArchive(Exception):
    """The file is no backup that this program can read; the text is one sentence."""


@dataclass(frozen=True)
class Manifest:
    """What an archive holds.

    Args:
        database: `sqlite` or `postgresql`.
        created_at: RFC 3339.
        migrations: what was applied, as [app, name].
        tables: columns by table, of a PostgreSQL database.
        files: SHA-256 in hex by member name.
    """

    database: str
    created_at: str
    migrations: list[list[str]]
    tables: dict[str, list[str]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)


def write_archive(target: Path, manifest: Manifest, parts: Mapping[str, Path]) -> None:
    """Write whole or not at all, readable for this user alone.

    Args:
        target: the file; one that is there is replaced.
        manifest: without checksums.
        parts: files by member name.
    """
    sums = {name: checksum(path) for name, path in parts.items()}
    head = {"format": FORMAT, "version": VERSION, **asdict(manifest), "files": sums}
    partial = target.with_name(f".{target.name}.partial")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            with tarfile.open(fileobj=file, mode="w:gz", compresslevel=6) as tar:
                _add_bytes(tar, MANIFEST, json.dumps(head, indent=1, sort_keys=True).encode())
                for name, path in parts.items():
                    tar.add(path, arcname=name, recursive=False, filter=_anonymous)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def unpack(source: Path, folder: Path) -> Manifest:
    """Unpack the members that the manifest names into `folder`, each under its checksum.

    Raises:
        BadArchive: it is damaged, no backup, or of a newer format.
    """
    with _reading(source) as tar:
        manifest = _read_manifest(tar)
        missing = set(manifest.files)
        while (member := tar.next()) is not None:
            if member.name not in missing or not member.isfile():
                raise BadArchive(f"{source} holds {member.name!r}, which its manifest does not name.")
            missing.remove(member.name)
            path = folder / member.name.replace("/", "__")
            with _member(tar, member) as stored, path.open("wb") as file:
                shutil.copyfileobj(stored, file, CHUNK)
            if checksum(path) != manifest.files[member.name]:
                raise BadArchive(f"{source} is damaged: the checksum of {member.name} is wrong.")
    if missing:
        raise BadArchive(f"{source} is damaged: {sorted(missing)[0]} is missing.")
    return manifest


def member_path(folder: Path, name: str) -> Path:
    """Where `unpack` put a member."""
    return folder / name.replace("/", "__")


def checksum(path: Path) -> str:
    """SHA-256 in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _reading(source: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(source, mode="r|gz") as tar:
            yield tar
    except FileNotFoundError as error:
        raise BadArchive(f"There is no file {source}.") from error
    except (tarfile.TarError, EOFError, OSError) as error:
        raise BadArchive(f"{source} cannot be read as a backup: {error}.") from error


def _read_manifest(tar: tarfile.TarFile) -> Manifest:
    first = tar.next()
    if first is None or first.name != MANIFEST or first.size > MAX_MANIFEST_BYTES:
        raise BadArchive("The file is not a hookflow backup: it does not begin with a manifest.")
    try:
        with _member(tar, first) as stored:
            head: dict[str, Any] = json.loads(stored.read())
        known, version = head.pop("format") == FORMAT, head.pop("version")
        if known and version != VERSION:
            raise BadArchive(f"The backup has format version {version}; this hookflow reads {VERSION}.")
        if not known:
            raise BadArchive("The file is not a hookflow backup.")
        return Manifest(**head)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadArchive("The manifest of the backup cannot be read.") from error


@contextmanager
def _member(tar: tarfile.TarFile, member: tarfile.TarInfo) -> Iterator[Any]:
    stored = tar.extractfile(member)
    if stored is None:
        raise BadArchive(f"The backup's member {member.name!r} is not a file.")
    with stored:
        yield stored


def _add_bytes(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(content), 0o600
    tar.addfile(info, io.BytesIO(content))


def _anonymous(info: tarfile.TarInfo) -> tarfile.TarInfo:
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    info.mode = 0o600
    return info
