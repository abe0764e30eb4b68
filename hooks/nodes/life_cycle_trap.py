"""Send life-cycle trap: tell monitoring systems of a life-cycle event, in the words of Cloudify's MIB."""

from collections.abc import Collection, Sequence
from typing import Annotated, Literal

from pydantic import Field

from actions.credentials.snmp import SnmpFields
from flows.sdk import (
    CredentialRef,
    Emit,
    JsonObject,
    Kind,
    Node,
    NodeConfig,
    NodeContext,
    NodeError,
    NodeMeta,
    Record,
    Retry,
    Shape,
    Wake,
    node,
    ui,
)
from hooks.services import traps

MOST_DESTINATIONS = 50
SENT = "sent"


class TrapDestination(NodeConfig):
    """One that is told."""

    credential: CredentialRef("snmp") = ui(label="Receiver", min_length=1)  # type: ignore[valid-type]
    address: str = ui(
        "",
        label="Address",
        help="Empty is the receiver's own. Another one must be named by the credential.",
        placeholder="traps.example.org",
        max_length=253,
    )
    port: int = ui(0, label="Port", help="0 is that of the receiver.", ge=0, le=65_535)


class LifeCycleTrapConfig(NodeConfig):
    """Who is told, and how."""

    destinations: Annotated[list[TrapDestination], Field(max_length=MOST_DESTINATIONS)] = ui(
        [],
        label="Destinations",
        help="None of them waits for another. They read it with CLOUDIFY-MIB, from Settings, Hooks.",
    )
    kind: Literal["trap", "inform"] = ui(
        "trap",
        label="Notification",
        help="A trap is sent once and nobody says whether it came; an inform is acknowledged.",
        choices={"trap": "Trap", "inform": "Inform"},
    )
    seconds: int = ui(
        5,
        label="Wait for the answer (seconds)",
        group="Inform",
        ge=1,
        le=10,
        depends_on={"kind": ["inform"]},
    )
    repeats: int = ui(
        1, label="Repeats without an answer", group="Inform", ge=0, le=3, depends_on={"kind": ["inform"]}
    )


@node
class LifeCycleTrap(Node):
    """Sends the notification of the event that started the flow to each destination."""

    meta = NodeMeta(
        type="life-cycle-trap",
        kind=Kind.ACTION,
        label="Send life-cycle trap",
        summary="Send the SNMP notification of a life-cycle event to monitoring systems.",
        icon="building-broadcast-tower",
        unset="No destination",
        durable=True,
        retry=Retry(attempts=3, first="10s", factor=3, cap="1h"),
    )
    Config = LifeCycleTrapConfig

    def summary(self, config: LifeCycleTrapConfig) -> str:
        names = [entry.address or entry.credential for entry in config.destinations]
        return f"{config.kind} to {', '.join(names) or 'nobody yet'}"

    def check(self, config: LifeCycleTrapConfig, upstream: Shape) -> list[tuple[str, str, str]]:
        """Nobody is told."""
        return [] if config.destinations else [("destinations", "There is no destination.", "Add one.")]

    async def run(self, ctx: NodeContext, config: LifeCycleTrapConfig, record: Record) -> Emit:
        """Send it to all of them; the record goes on as it came.

        Raises:
            NodeError: `no_life_cycle_event`, `bad_value`, `not_all_sent`; with one destination, what was wrong there.
        """
        return await _send(ctx, config, record, ())

    async def resume(self, ctx: NodeContext, config: LifeCycleTrapConfig, record: Record, wake: Wake) -> Emit:
        """Send it to those that have not got it."""
        sent = wake.detail.get(SENT)
        return await _send(ctx, config, record, sent if isinstance(sent, list) else ())

    def preview(self, config: LifeCycleTrapConfig, record: Record) -> JsonObject:
        """The notification that would be sent, with the names of the MIB."""
        return {
            "kind": config.kind,
            "destinations": [entry.model_dump() for entry in config.destinations],
            **traps.shown(traps.notification_of(record)),
        }


async def _send(
    ctx: NodeContext, config: LifeCycleTrapConfig, record: Record, sent: Collection[object]
) -> Emit:
    """Send it to the destinations whose places are not in `sent`, all at once."""
    notification = traps.notification_of(
        record, is_inform=config.kind == "inform", seconds=config.seconds, repeats=config.repeats
    )
    left = [place for place in range(len(config.destinations)) if place not in sent]
    destinations = _destinations(ctx, [config.destinations[place] for place in left])
    failed: dict[int, NodeError] = {}
    names: dict[int, str] = {}
    outcomes = await traps.send_all(ctx, destinations, notification)
    for place, destination, error in zip(left, destinations, outcomes, strict=True):
        if error is not None:
            error.field = f"destinations.{place}.credential"
            failed[place], names[place] = error, str(destination)
            ctx.log.warning(f"{destination}: {error.message}")
    if len(failed) < len(left):
        ctx.log.info(traps.sent_line(record))
    if failed:
        raise _not_all_sent(config, failed, names)
    return Emit("out", record)


def _destinations(ctx: NodeContext, drawn: Sequence[TrapDestination]) -> list[traps.Destination]:
    targets = {
        name: ctx.opened(name, SnmpFields) for name in dict.fromkeys(entry.credential for entry in drawn)
    }
    return [traps.Destination.of(targets[entry.credential], entry.address, entry.port) for entry in drawn]


def _not_all_sent(
    config: LifeCycleTrapConfig, failed: dict[int, NodeError], names: dict[int, str]
) -> NodeError:
    """What failed where; the next try is told who has got it, and the record behind `error` who has not."""
    total = len(config.destinations)
    first = next(iter(failed.values()))
    error = first
    if total > 1:
        said = "; ".join(f"{names[place]}: {failure.message}" for place, failure in failed.items())
        error = NodeError(
            "not_all_sent",
            f"{len(failed)} of {total} destinations could not be told. {said}",
            hint=first.hint,
            field=first.field,
            retryable=any(failure.retryable for failure in failed.values()),
        )
    error.keeps = {SENT: [place for place in range(total) if place not in failed]}
    error.output = {
        "not_told": [
            {"destination": names[place], "code": failure.code, "message": failure.message}
            for place, failure in failed.items()
        ]
    }
    return error
