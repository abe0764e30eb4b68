"""The chain: what of an entry is hashed, and with what."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

COLUMNS = (
    "id",
    "at",
    "actor_id",
    "actor_name",
    "actor_role",
    "token_id",
    "way",
    "address",
    "tenant_id",
    "verb",
    "target",
    "target_id",
    "changes",
    "message",
    "content_hash",
)
OPENED = "opened"
"""The verb of the entry over the rows that were there before the chain."""
VERIFIED = "verified"
TRAIL = "audit_trail"
"""The trail as the target of entries: its opening and its verifications."""


@dataclass(frozen=True, slots=True)
class Place:
    """What binds an entry into the chain."""

    place: int
    at: datetime
    previous: str
    tenant_previous: str


def content_of(columns: Mapping[str, Any]) -> dict[str, Any]:
    """What of an entry is hashed, from its `COLUMNS`; fields that say nothing are left out."""
    told = {name: columns[name] for name in COLUMNS if columns[name] not in (None, "", {})}
    return {**told, "at": moment_text(columns["at"])}


def link_of(place: Place, content: Mapping[str, Any]) -> dict[str, Any]:
    """A link of the chain without its hash, as the export writes it."""
    return {
        "place": place.place,
        "sealed_at": moment_text(place.at),
        "previous": place.previous,
        "tenant_previous": place.tenant_previous,
        "entry": content,
    }


def hash_of(link: Mapping[str, Any]) -> str:
    """SHA-256 over canonical JSON: sorted keys, no blanks, ASCII alone."""
    return hashlib.sha256(canonical(link)).hexdigest()


def canonical(value: Mapping[str, Any]) -> bytes:
    """The same bytes for the same value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def moment_text(at: datetime) -> str:
    """UTC with microseconds: `2026-01-02T03:04:05.000006Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
