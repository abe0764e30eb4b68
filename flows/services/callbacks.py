"""Addresses on which outside systems answer waits: signed, and good for one answer each."""

from dataclasses import dataclass
from uuid import UUID

from django.core import signing

from accounts.links import on_site

WAITS_PATH = "/hooks/waits/"
_SALT = "flows.callback"
MOST_TOKEN = 400


@dataclass(frozen=True, slots=True)
class Awaited:
    """The wait that an address belongs to.

    Args:
        rounds: how many answers its step had before.
    """

    run_id: UUID
    node: str
    rounds: int


def callback_url(run_id: str, node_id: str, rounds: int) -> str:
    """The address; whoever has it may answer this wait, and nothing else."""
    return on_site(f"{WAITS_PATH}{signing.dumps([UUID(run_id).hex, node_id, rounds], salt=_SALT)}/")


def awaited(token: str) -> Awaited | None:
    """The wait that a token was made for; None for one that we did not make."""
    if len(token) > MOST_TOKEN:
        return None
    try:
        run, node, rounds = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return None
    return Awaited(UUID(run), node, rounds)
