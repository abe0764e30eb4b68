"""Whether events are of a known type and fit its schema, within a budget."""

from collections.abc import Sequence
from dataclasses import dataclass

from common.problems import Problem, conflict
from common.timed_cache import TimedCache
from flows.sdk import event_types
from flows.sdk.schema import CompiledSchema, Misfit, compile_schema, mask_secrets
from flows.sdk.work import Budget, TooExpensive
from flows.services.event_types import compiled, definitions_of
from flows.store.new_events import NewEvent

CACHE_SECONDS = 2.0
CHECK_WORK = 50_000_000
"""Units for the payloads of one request: half a second, for five mebibytes of small values."""

MOST_CACHED_SUBSCHEMAS = 500_000
RESERVED_TYPE = (
    "reserved_event_type",
    "The program alone tells events of this type.",
    "Send one of a type of your own.",
)
"""Code, sentence and hint for whoever sends one."""
NOT_THE_PLATFORMS = "The platform does not define this event type, so its flows do not hear of it."


@dataclass(frozen=True, slots=True)
class KnownType:
    """How payloads of one type from one tenant are checked.

    Args:
        schema: what every payload has to fit.
        platforms: what it has to fit besides, for platform flows to hear of it; None for no more than `schema`.
        is_platforms: whether the platform or the program defines the type.
        unusable: why payloads cannot be checked: the schema is of an older release that allowed more.
    """

    schema: CompiledSchema | None
    platforms: CompiledSchema | None = None
    is_platforms: bool = True
    unusable: str = ""

    @property
    def size(self) -> int:
        """How many subschemas are kept for it."""
        return sum(schema.size for schema in (self.schema, self.platforms) if schema is not None)

    def misfits(self, event: NewEvent, budget: Budget) -> Sequence[Misfit]:
        """What does not fit. On the event it notes what platform flows have against it, and masks what is secret.

        Raises:
            Problem: 409 `event_type_unusable`.
            TooExpensive: the budget does not pay for the check.
        """
        if self.schema is None:
            raise conflict(
                "event_type_unusable",
                f"The event type {event.type!r} cannot check payloads any more: {self.unusable}",
                hint="Save it again with a smaller schema.",
                field="type",
            )
        walk = self.schema.walk(event.payload, budget)
        secrets = walk.secrets
        if not self.is_platforms:
            event.platform_refusal = NOT_THE_PLATFORMS
        elif self.platforms is not None and not walk.misfits:
            theirs = self.platforms.walk(event.payload, budget)
            event.platform_refusal = _refusal(theirs.misfits[0]) if theirs.misfits else ""
            secrets = [*secrets, *theirs.secrets]
        mask_secrets(event.payload, secrets)
        return walk.misfits


def misfits_of(known: KnownType, event: NewEvent, units: int = CHECK_WORK) -> Sequence[Misfit]:
    """What does not fit, at the cost of these units.

    Raises:
        Problem: 413 `too_much_work`, 409 `event_type_unusable`.
    """
    try:
        return known.misfits(event, Budget(units))
    except TooExpensive:
        raise too_much_work() from None


def mask_declared(event_type: str, event: NewEvent) -> None:
    """Mask what a type declares secret in an event that stands for one of it, whether or not it fits.

    Raises:
        Problem: 413 `too_much_work`.
    """
    known = _known_type(event_type, event.tenant_id)
    if known is not None and known.schema is not None:
        misfits_of(known, event)


def too_much_work() -> Problem:
    """The answer when the payloads of a request cost more than they may."""
    return Problem(
        413,
        "too_much_work",
        "Checking the payload needs more work than one request may do.",
        hint="Send smaller events or fewer at once, or simplify the schema of the event type.",
    )


def _refusal(misfit: Misfit) -> str:
    where = f" at {misfit.path}" if misfit.path else ""
    return f"The payload does not fit the platform's event type of that name{where}: {misfit.sentence}."


class PayloadChecks:
    """Known types in a cache. One a process; blocks on a small query now and then."""

    def __init__(self) -> None:
        self._known: TimedCache[tuple[int | None, str], KnownType] = TimedCache(
            seconds=CACHE_SECONDS, most=MOST_CACHED_SUBSCHEMAS
        )

    def known(self, event_type: str, tenant_id: int | None) -> KnownType | None:
        """The type as it is in the cache; None when it must be looked up."""
        return self._known.get((tenant_id, event_type))

    def look_up(self, event_type: str, tenant_id: int | None) -> KnownType | None:
        """The type, or None when there is no such type."""
        found = self.known(event_type, tenant_id)
        if found is not None:
            return found
        made = _known_type(event_type, tenant_id)
        if made is None:
            # Not kept: a type that is defined a moment later is known at once.
            return None
        self._known.put((tenant_id, event_type), made, weight=made.size + 1)
        return made


def _known_type(event_type: str, tenant_id: int | None) -> KnownType | None:
    builtin = event_types.get(event_type)
    if builtin is not None:
        return KnownType(compile_schema(builtin.payload_schema(), most=100_000))
    own, platforms = definitions_of(event_type, tenant_id)
    first = own or platforms
    if first is None:
        return None
    try:
        schema_of_first = compiled(first.schema)
        schema_of_platform = compiled(platforms.schema) if own and platforms else None
    except Problem as problem:
        return KnownType(None, unusable=problem.message)
    return KnownType(schema_of_first, schema_of_platform, is_platforms=platforms is not None)
