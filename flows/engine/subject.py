"""What a run is about, in one line for lists: by the flow's own template, else by the names that a payload carries."""

from collections.abc import Iterator

from common.redact import log_line, redact_json
from flows.expressions.budget import INLINE_WORK, Budget, Scope
from flows.expressions.paths import ROOT
from flows.expressions.slots import CompiledSlot
from flows.expressions.values import weigh
from flows.sdk import Json, NodeError, Record

MAX_SUBJECT = 120
"""Characters that are shown; what is longer is cut and says so."""
MAX_SUBJECT_COLUMN = 140
TELLING = ("hostname", "name", "title", "subject", "email", "message")
"""The names that tell people most, best first."""
MOST_MEMBERS = 16
"""So many members of a payload are looked into when it carries no telling name itself."""
MAX_WEIGHT = 32_768
"""A template that names larger values is not rendered: a label is not worth it."""


def plain_subject(payload: Record) -> str:
    """The first telling name of the payload or of an object in it, else its id; empty when there is none.

    It costs a few look-ups however large the payload is: the intake calls it for each event.
    """
    for holder in _holders(payload):
        for name in TELLING:
            if text := _shown(holder.get(name)):
                return text
    return _shown(payload.get("id"))


def templated_subject(template: CompiledSlot, payload: Record) -> str:
    """What the flow's template makes of the payload; where it makes nothing of it, the plain subject."""
    seen = _named(template, payload)
    budget = Budget(INLINE_WORK)
    try:
        weigh(Scope(seen, budget), seen, MAX_WEIGHT)
        text = _shown(template.render(redact_json(seen), budget))
    except NodeError:
        text = ""
    return text or plain_subject(payload)


def _named(template: CompiledSlot, payload: Record) -> Record:
    """The members that the template names: no more is masked than is needed."""
    roots = {str(reference.segments[0]) for reference in template.references}
    if ROOT in roots and ROOT not in payload:
        return payload
    return {name: payload[name] for name in roots if name in payload}


def _holders(payload: Record) -> Iterator[Record]:
    yield payload
    for _, value in zip(range(MOST_MEMBERS), payload.values(), strict=False):
        if isinstance(value, dict):
            yield value


def _shown(value: Json) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    text = value[: 4 * MAX_SUBJECT] if isinstance(value, str) else str(value)
    return log_line(" ".join(text.split()), MAX_SUBJECT)
