"""From the body of `POST /api/v1/events/` to events."""

import re
import unicodedata
from typing import Any

from accounts.actors import Actor
from common.names import check_name
from common.problems import Problem, bad_value
from common.strict_json import loads
from flows.sdk import JsonObject
from flows.sdk.events import is_event_name
from flows.store.new_events import NewEvent

MOST_EVENTS = 1_000
MAX_NODES = 100_000
KEYS = {"type", "payload", "dedup_key", "source", "tenant"}
IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{1,190}")
OWN_SOURCE = re.compile(r"(platform|schedule|by hand)$|(hook|package|person):")
"""Sources of the program itself. Sent by someone else, they could take its dedup keys away; one that only looks like
them would deceive those who read the list of events."""


def read_events(raw: bytes, sender: Actor, idempotency_key: str | None) -> list[NewEvent]:
    """The events of one request: an object, a list, or `{"events": [...]}`.

    Args:
        sender: whose tenant the events belong to; the platform may name another with `tenant`.
        idempotency_key: of the request: what tells repeated deliveries of its events apart unless they say so
            themselves.

    Raises:
        Problem: 400 with the position of the first bad event; nothing of the request is stored.
    """
    key = _checked_key(idempotency_key)
    body = loads(raw, max_nodes=MAX_NODES)
    if isinstance(body, dict) and "events" in body:
        if set(body) != {"events"}:
            raise _bad(None, "events", "Beside `events` there may be nothing else.")
        body = body["events"]
    if isinstance(body, dict):
        return [_event(body, None, sender, key)]
    if not isinstance(body, list) or not body:
        raise _bad(None, None, "Send one event, or a list of at least one.")
    if len(body) > MOST_EVENTS:
        raise _bad(None, None, f"Send at most {MOST_EVENTS:,} events at once; these are {len(body):,}.")
    return [_event(entry, place, sender, f"{key}#{place}" if key else "") for place, entry in enumerate(body)]


def _checked_key(key: str | None) -> str:
    if key is not None and not IDEMPOTENCY_KEY.fullmatch(key):
        raise bad_value(
            "bad_idempotency_key",
            "An idempotency key is 1 to 190 visible ASCII characters.",
            hint="Use a UUID.",
        )
    return key or ""


def _event(entry: Any, place: int | None, sender: Actor, key: str) -> NewEvent:
    if not isinstance(entry, dict):
        raise _bad(place, None, "An event is an object with `type` and `payload`.")
    unknown = sorted(set(entry) - KEYS)
    if unknown:
        raise _bad(place, unknown[0], f"An event has no field {unknown[0]!r}.", code="unknown_field")
    event_type = entry.get("type")
    if not isinstance(event_type, str) or not is_event_name(event_type):
        raise _bad(place, "type", "The type is a name such as `server.created`.")
    payload = entry.get("payload", {})
    if not isinstance(payload, dict):
        raise _bad(place, "payload", "The payload is an object.")
    return NewEvent(
        type=event_type,
        payload=payload,
        tenant_id=_tenant(entry, place, sender),
        source=_source(entry, place),
        dedup_key=_text(entry, place, "dedup_key", 200) or key,
    )


def _source(entry: JsonObject, place: int | None) -> str:
    """Who sends it, in the sender's own words: a name that people read."""
    try:
        source = check_name(_text(entry, place, "source", 100) or "api", called="source", field="source")
    except Problem as problem:
        raise _bad(place, "source", problem.message, code=problem.code) from None
    if OWN_SOURCE.match(unicodedata.normalize("NFKC", source).strip().casefold()):
        raise _bad(place, "source", f"The source {source!r} is the platform's own.", code="reserved_source")
    return source


def _tenant(entry: JsonObject, place: int | None, sender: Actor) -> int | None:
    """Whose event it is. Whether the tenant exists is looked up later, for all events at once."""
    named = entry.get("tenant")
    if named is None:
        return sender.tenant_id
    if isinstance(named, bool) or not isinstance(named, int) or not 0 < named < 2**62:
        raise _bad(place, "tenant", "The tenant is the number of one.")
    if not sender.is_platform and named != sender.tenant_id:
        raise _bad(place, "tenant", "There is no such tenant.", code="unknown_tenant")
    return named


def _text(entry: JsonObject, place: int | None, field: str, longest: int) -> str:
    value = entry.get(field)
    if value is None:
        return ""
    if not isinstance(value, str) or not value or len(value) > longest:
        raise _bad(place, field, f"`{field}` is text of 1 to {longest} characters.")
    return value


def _bad(place: int | None, field: str | None, message: str, code: str = "bad_event") -> Problem:
    where = "" if place is None else f"Event {place}: "
    path = field if place is None else f"{place}.{field}" if field else str(place)
    return bad_value(
        code,
        where + message,
        hint='Send {"type": "server.created", "payload": {…}} or a list of such objects.',
        field=path,
        extra={} if place is None else {"position": place},
    )
