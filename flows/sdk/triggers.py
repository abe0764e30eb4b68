"""What a trigger node listens to. The core knows these four ways to start a run and no trigger node."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Literal, get_args

from flows.sdk.json_types import Json


class TriggerKind(StrEnum):
    """The four ways to start a run."""

    EVENT = "event"
    SCHEDULE = "schedule"
    HOOK = "hook"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class Condition:
    """One filter comparison on the event's payload, tried at intake."""

    field: str
    operation: str
    value: Json = None
    ignore_case: bool = False


@dataclass(frozen=True, slots=True)
class Among:
    """One of these fields of the payload's root has one of these values: a look-up, whatever their number.

    `told`: what is asked for, as `kind`, for whoever reads why an event started nothing. `platform_field`: the config
    field that asks it, where only the platform's flows may; empty where all may.
    """

    told: str
    fields: tuple[str, ...]
    values: tuple[str, ...]
    platform_field: str = ""


@dataclass(frozen=True, slots=True)
class EventTrigger:
    """Every event of `event_type` that meets `condition` and is among what each of `among` names."""

    kind: ClassVar[TriggerKind] = TriggerKind.EVENT
    icon: ClassVar[str] = "bolt"

    event_type: str
    condition: Condition | None = None
    among: tuple[Among, ...] = ()

    @property
    def told(self) -> str:
        """The words for it in lists."""
        return self.event_type


@dataclass(frozen=True, slots=True)
class ScheduleTrigger:
    """A cron line in an IANA time zone.

    `overlap`: what happens when the run of the last tick is still open: `allow` starts beside it, `skip`
    leaves the tick out. `catch_up`: after a pause `none` of the missed ticks fires, or `one`.
    """

    kind: ClassVar[TriggerKind] = TriggerKind.SCHEDULE
    icon: ClassVar[str] = "calendar"

    cron: str
    zone: str = "UTC"
    overlap: Literal["allow", "skip"] = "allow"
    catch_up: Literal["none", "one"] = "none"

    @property
    def told(self) -> str:
        """The words for it in lists."""
        return self.cron


@dataclass(frozen=True, slots=True)
class HookTrigger:
    """An inbound webhook with its own URL and secret.

    `auth` says how a caller proves who it is, and what makes a call count once: `token`, or the name of a scheme in
    `flows.sdk.signatures`. Some of them:

    - `token`: the secret is sent as it is in `header`, with or without `Bearer `. `delivery_header` names the header
      whose value tells repeated deliveries apart; empty for none.
    - `hmac`: the hex HMAC-SHA256 of the raw body under the secret, in `header`, after `prefix`; counts once.
    - `timed`: `t=<seconds>,v1=<hex>` in `header`, the signature being of `<seconds>.<body>`; counts once, while fresh.
    - `standard`: Standard Webhooks (`webhook-id`, `webhook-timestamp`, `webhook-signature`); its id counts once.
    """

    kind: ClassVar[TriggerKind] = TriggerKind.HOOK
    icon: ClassVar[str] = "webhook"

    auth: str = "token"
    header: str = "Authorization"
    prefix: str = ""
    delivery_header: str = "Idempotency-Key"

    @property
    def told(self) -> str:
        """The words for it in lists."""
        return "Inbound webhook"


@dataclass(frozen=True, slots=True)
class ManualTrigger:
    """A person or an API client starts the flow with a payload."""

    kind: ClassVar[TriggerKind] = TriggerKind.MANUAL
    icon: ClassVar[str] = "player-play"

    @property
    def told(self) -> str:
        """The words for it in lists."""
        return "By hand"


TriggerSpec = EventTrigger | ScheduleTrigger | HookTrigger | ManualTrigger
TRIGGER_SPECS: dict[TriggerKind, type[TriggerSpec]] = {spec.kind: spec for spec in get_args(TriggerSpec)}
