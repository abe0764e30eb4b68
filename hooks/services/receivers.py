"""Who takes the traps of a hook, and the credential that keeps the community string."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from accounts.actors import Actor
from actions.models import Credential
from actions.services.credential_store import opened_row
from actions.services.credentials import create, in_the_way_of
from common.egress.hosts import host_with_port
from common.problems import Problem, conflict
from flows.sdk import Json, JsonObject, NodeError

MOST_OF_ONE_PLACE: Final = 100
TYPE: Final = "snmp"
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


def names_for(actor: Actor, receivers: Iterable[Receiver]) -> dict[Receiver, str]:
    """What the credential of each is called: one that the owner has already, or one that is free to be made."""
    return {receiver: _found(actor, receiver)[0] for receiver in dict.fromkeys(receivers)}


def keep(actor: Actor, receivers: Iterable[Receiver]) -> dict[Receiver, str]:
    """The same, and those that were missing are made. Inside a transaction.

    Raises:
        Problem: see `actions.services.credentials.create`.
    """
    return {receiver: _kept(actor, receiver) for receiver in dict.fromkeys(receivers)}


def _kept(actor: Actor, receiver: Receiver) -> str:
    name, is_there = _found(actor, receiver)
    if not is_there:
        values = {
            "host": receiver.address, "port": receiver.port, "version": "v2c", "community": receiver.community,
        }  # fmt: skip
        create(actor=actor, type=TYPE, name=name, values=values)
    return name


def _found(actor: Actor, receiver: Receiver) -> tuple[str, bool]:
    """A name for its credential, and whether the owner has it.

    A name that cannot be taken because somebody else holds it is passed by.
    """
    first = f"SNMP {receiver.place}"
    rows: dict[str, list[Credential]] = {}
    for row in in_the_way_of(actor.tenant_id).filter(name__istartswith=first).prefetch_related("secrets"):
        rows.setdefault(row.name.lower(), []).append(row)
    for name in (first, *(f"{first} ({number})" for number in range(2, MOST_OF_ONE_PLACE + 1))):
        held = rows.get(name.lower(), [])
        if not held:
            return name, False
        own = next((row for row in held if row.tenant_id == actor.tenant_id and _is_of(row, receiver)), None)
        if own is not None:
            return own.name, True
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
