"""Secrets that were written into a config, where everyone who sees the flow reads them.

A small rule that is right rather than complete: the value of a header whose name says that it is secret, and texts in
the forms that tokens and keys have. What a template fills in is no secret of the config's.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

from flows.compiler.findings import Finding
from flows.sdk.config import CREDENTIAL, NodeConfig, Slot
from flows.sdk.config_fields import ConfigField, FilledField, config_of, filled_fields
from flows.sdk.node import Node

SECRET_HEADERS: Final = re.compile(
    r"(?i)authorization|proxy-authorization|cookie|(?:.*[-_])?(?:api-?key|token|secret|password)"
)
SECRET_TEXTS: Final = re.compile(
    r"(?i:\b(?:bearer|basic)\s+[a-z0-9+/._~=-]{12,})"
    r"|\b(?:gh[pousr]_|github_pat_|glpat-|xox[abprs]-|sk-|hf_)[A-Za-z0-9_-]{16,}"
    r"|\bAKIA[A-Z0-9]{16}\b"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|://[^\s/@:{]{1,200}:[^\s/@{]{1,200}@"
)
MAX_LOOKED_AT: Final = 20_000
MAX_DEPTH: Final = 20


def secrets_in(node_id: str, known: Node, config: NodeConfig) -> Iterator[Finding]:
    """Where a config holds a secret. Without a field for a credential the node can do no better: a warning then."""
    for place in filled_fields(config):
        if place.field.slot == CREDENTIAL or not _holds_secret(place):
            continue
        can_name_one = takes_credentials(known.Config)
        yield Finding(
            "secret_in_config",
            f"“{place.field.label}” holds a secret, which everyone who sees the flow can read.",
            severity="error" if can_name_one else "warning",
            hint="Make a credential of it, and choose that here."
            if can_name_one
            else "This node takes no credential: keep to yourself who may see the flow.",
            node=node_id,
            field=place.path,
        )


def _holds_secret(place: FilledField) -> bool:
    if place.field.slot == Slot.HEADER and isinstance(place.value, str):
        is_named = SECRET_HEADERS.fullmatch(str(place.steps[-1])) is not None
        if is_named and place.value.strip() and "{{" not in place.value:
            return True
    return any(SECRET_TEXTS.search(text[:MAX_LOOKED_AT]) for text in _texts(place.value))


def _texts(value: Any, depth: int = MAX_DEPTH) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif depth and isinstance(value, dict | list | tuple):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner, depth - 1)


@lru_cache(maxsize=512)
def takes_credentials(model: type[NodeConfig]) -> bool:
    """Whether a config has a place for a credential, at any depth."""
    return _has_place(config_of(model), 8)


def _has_place(field: ConfigField, depth: int) -> bool:
    inner = [*field.fields.values(), *(part for part in (field.items, field.values) if part is not None)]
    return field.slot == CREDENTIAL or (depth > 0 and any(_has_place(part, depth - 1) for part in inner))
