"""Who or what sent an event, in words: `source` itself holds an id where a person or a webhook sent it."""

from collections.abc import Iterable
from uuid import UUID

from accounts.actors import Actor
from accounts.models import User
from accounts.scope import visible
from common.ids import row_id, uuid_from
from flows.models import Event, Flow

PERSON, HOOK, PACKAGE = "person:", "hook:", "package:"


def name_senders(actor: Actor, events: Iterable[Event]) -> None:
    """Give each event a `sender`; people and flows out of the actor's reach stay unnamed."""
    rows = list(events)
    people = dict(visible(User, actor).filter(id__in=_person_ids(rows)).values_list("id", "name"))
    flows = dict(visible(Flow, actor).filter(id__in=_flow_ids(rows)).values_list("id", "name"))
    for event in rows:
        event.sender = _sender(event.source, people, flows)  # type: ignore[attr-defined]


def _person_ids(rows: list[Event]) -> set[int]:
    texts = {event.source.removeprefix(PERSON) for event in rows if event.source.startswith(PERSON)}
    return {found for text in texts if (found := row_id(text)) is not None}


def _flow_ids(rows: list[Event]) -> set[UUID]:
    ids = (uuid_from(event.source.removeprefix(HOOK)) for event in rows if event.source.startswith(HOOK))
    return {flow_id for flow_id in ids if flow_id is not None}


def _sender(source: str, people: dict[int, str], flows: dict[UUID, str]) -> str:
    if source.startswith(PERSON):
        text = source.removeprefix(PERSON)
        return people.get(row_id(text) or 0, "a person")
    if source.startswith(HOOK):
        name = flows.get(uuid_from(source.removeprefix(HOOK)) or UUID(int=0))
        return f"webhook of {name}" if name else "a webhook"
    if source.startswith(PACKAGE):
        return f"the package {source.removeprefix(PACKAGE)}"
    return source
