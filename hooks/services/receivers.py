"""Who takes the traps of a hook, and the credential that keeps the community string."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from accounts.actors import Actor
from actions.models import Credential
from actions.services.credential_batches import create_all
from actions.services.credential_store import opened_row
from actions.services.credentials import in_the_way_of
from common.egress.hosts import host_with_port
from common.problems import Problem, conflict
from flows.sdk import Json, JsonObject, NodeError

MOST_OF_ONE_PLACE: Final = 100
TYPE: Final = "snmp"
FIRST: Final = "SNMP "
_HOST: Final = re.compile(r"[A-Za-z0-9_.-]{1,80}|\[?[0-9A-Fa-f:.]{2,45}\]?")


@dataclass(frozen=True, slots=True)
class Receiver:
    """An address that takes traps, and the community string that it wants."""

    address: str
    port: int
    community: str

    @property
    def place(self) -> str:
        """Address and port, as people write them."""
        return host_with_port(self.address, self.port)


def receiver_of(inputs: JsonObject) -> Receiver | str:
    """Whom the inputs of the original's trap name, or what is wrong with them, as a sentence."""
    for name in ("destination_address", "destination_port", "community_string"):
        if inputs.get(name) in (None, ""):
            return f"The input “{name}” is missing."
    address, community = inputs["destination_address"], inputs["community_string"]
    if not isinstance(address, str) or not _HOST.fullmatch(address.strip()):
        return "The input “destination_address” is no address."
    port = _port(inputs["destination_port"])
    if port is None:
        return "The input “destination_port” is no port: write a number from 1 to 65535."
    if isinstance(community, bool | list | dict):
        return "The input “community_string” is no text."
    return Receiver(address.strip().strip("[]"), port, str(community))


def _port(value: Json) -> int | None:
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return int(text) if text.isascii() and text.isdigit() and 0 < int(text[:6]) <= 65_535 else None


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the credential of each receiver is called, and those that are yet to be made, by name."""

    names: dict[Receiver, str] = field(default_factory=dict)
    missing: dict[str, Receiver] = field(default_factory=dict)

    def name_of(self, receiver: Receiver | None) -> str:
        """The name of the one that it needs; empty without a receiver."""
        return self.names.get(receiver, "") if receiver else ""

    @property
    def types(self) -> dict[str, str]:
        """The types of those that are yet to be made, by name."""
        return dict.fromkeys(self.missing, TYPE)


def choose(actor: Actor, receivers: Iterable[Receiver]) -> Chosen:
    """For each a credential that the owner has already, or a name that is free. Changes nothing.

    A name that cannot be taken because somebody else holds it is passed by.

    Raises:
        Problem: 409 `too_many`.
    """
    chosen = Chosen()
    wanted = list(dict.fromkeys(receivers))
    held: dict[str, list[Credential]] = {}
    rows = in_the_way_of(actor.tenant_id).filter(name__istartswith=FIRST).prefetch_related("secrets")
    for row in rows if wanted else ():
        held.setdefault(row.name.lower(), []).append(row)
    for receiver in wanted:
        chosen.names[receiver] = _choose(actor, receiver, held, chosen.missing)
    return chosen


def make_missing(actor: Actor, chosen: Chosen) -> list[Credential]:
    """Make those that are yet to be made. Inside a transaction.

    Raises:
        Problem: see `actions.services.credential_batches.create_all`.
    """
    if not chosen.missing:
        return []
    values = {
        name: {
            "host": receiver.address, "port": receiver.port, "version": "v2c", "community": receiver.community,
        }
        for name, receiver in chosen.missing.items()
    }  # fmt: skip
    return create_all(actor=actor, type=TYPE, named=values)


def _choose(
    actor: Actor, receiver: Receiver, held: dict[str, list[Credential]], missing: dict[str, Receiver]
) -> str:
    first = f"{FIRST}{receiver.place}"
    for name in (first, *(f"{first} ({number})" for number in range(2, MOST_OF_ONE_PLACE + 1))):
        rows = held.get(name.lower(), [])
        if not rows and name.lower() not in map(str.lower, missing):
            missing[name] = receiver
            return name
        own = next((row for row in rows if row.tenant_id == actor.tenant_id and _is_of(row, receiver)), None)
        if own is not None:
            return own.name
    raise conflict(
        "too_many",
        f"There are {MOST_OF_ONE_PLACE} credentials for {receiver.place} already.",
        hint="Delete those that nothing uses.",
    )


def _is_of(row: Credential, receiver: Receiver) -> bool:
    if row.type != TYPE:
        return False
    try:
        fields: Any = opened_row(row).fields
    except (NodeError, Problem):
        return False
    return (fields.host, fields.port, fields.version, fields.community) == (
        receiver.address, receiver.port, "v2c", receiver.community,
    )  # fmt: skip
