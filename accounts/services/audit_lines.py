"""The audit trail as people read it: autosaves of one person on one flow are one line."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from accounts.actors import Actor
from accounts.audit_names import Named, Thing, names_of
from accounts.models import ApiToken, AuditEntry
from accounts.scope import visible
from accounts.services.audit_chain import TRAIL
from accounts.services.filters import AuditPageFilter, narrowed
from accounts.services.slices import PAGE_SIZE, Slice, sliced

FOLDED_VERBS = frozenset({"saved_draft"})
FOLD_WITHIN = timedelta(minutes=10)
"""Saves that lie further apart are lines of their own."""
MOST_READ = 2_000
"""So many entries one page of lines is made from."""
SENTENCES = {
    "saved_draft": "saved the draft of",
    "rotated_secret": "made a new webhook secret for",
    "took_secret": "put in a webhook secret for",
    "password_set": "set the password of",
    "signed_in": "signed in",
    "signed_out": "signed out",
    "sent_test_mail": "sent a test mail",
}
ALONE = frozenset({"signed_in", "signed_out", "sent_test_mail"})
"""What is said of the one who acts: the thing is that person, or goes without saying."""

NAMED_WHOLLY = frozenset({"platform_settings", TRAIL})
"""Things whose names say what kind they are of."""


@dataclass(slots=True)
class Line:
    """One entry, or several that are told as one; `entry` is the newest of them."""

    entry: AuditEntry
    oldest: AuditEntry
    count: int = 1
    named: Named | None = None
    by: Named | None = None
    token: str = ""

    @property
    def said(self) -> str:
        return SENTENCES.get(self.entry.verb, self.entry.verb.replace("_", " "))

    @property
    def is_alone(self) -> bool:
        """Whether the words need no thing."""
        return self.entry.verb in ALONE

    @property
    def kind(self) -> str:
        """The kind of the thing, in words; nothing where its name says it."""
        return "" if self.entry.target in NAMED_WHOLLY else self.entry.target.replace("_", " ")

    @property
    def thing(self) -> Thing:
        return self.entry.target, self.entry.target_id

    @property
    def doer(self) -> Thing | None:
        """The run that acted, where it was no person."""
        kind, _, run_id = self.entry.actor_name.partition(" ")
        return ("run", run_id) if kind == "run" and run_id and self.entry.actor_id is None else None

    @property
    def short_id(self) -> str:
        """Enough of an id to tell things apart that have no name."""
        return self.entry.target_id[:8]

    @property
    def since(self) -> datetime:
        """When the first of the folded entries was written."""
        return self.oldest.at

    def takes(self, entry: AuditEntry) -> bool:
        """Whether the next entry on the same thing belongs to this line."""
        ends = (self.oldest, self.entry)
        return (
            entry.verb in FOLDED_VERBS
            and entry.verb == self.entry.verb
            and (entry.actor_id, entry.token_id) == (self.entry.actor_id, self.entry.token_id)
            and min(abs(end.at - entry.at) for end in ends) <= FOLD_WITHIN
        )

    def add(self, entry: AuditEntry) -> None:
        self.count += 1
        if entry.pk > self.entry.pk:
            self.entry = entry
        else:
            self.oldest = entry


def entries(actor: Actor) -> QuerySet[AuditEntry]:
    """The audit trail in the actor's reach."""
    return visible(AuditEntry, actor)


def sealed_entries(actor: Actor) -> QuerySet[AuditEntry]:
    """The same, with their places in the chain."""
    return entries(actor).select_related("seal")


def lines_for(actor: Actor, query: Mapping[str, str], before: int | None, after: int | None) -> Slice[Line]:
    """A page of lines in the actor's reach that meet the query, with the names of their things."""
    rows = narrowed(AuditPageFilter, entries(actor).select_related("tenant"), query)
    found = sliced(rows, before, after, _page, lambda line: (line.entry.pk, line.oldest.pk))
    _name(actor, found.rows)
    return found


def _page(rows: QuerySet[AuditEntry]) -> tuple[list[Line], bool]:
    """Lines until a page is full, and whether there is more. Entries are read as far as they are needed."""
    lines: list[Line] = []
    newest: dict[Thing, Line] = {}
    read = 0
    for entry in _entries(rows):
        read += 1
        line = newest.get((entry.target, entry.target_id))
        if line is not None and line.takes(entry):
            line.add(entry)
        elif len(lines) == PAGE_SIZE:
            return lines, True
        else:
            line = Line(entry, entry)
            newest[line.thing] = line
            lines.append(line)
    return lines, read == MOST_READ


def _entries(rows: QuerySet[AuditEntry]) -> Iterator[AuditEntry]:
    return iter(rows[:MOST_READ].iterator(chunk_size=4 * PAGE_SIZE))


def _name(actor: Actor, shown: Collection[Line]) -> None:
    """Give each line the name of its thing, of the run that acted and of the token that was used."""
    things = {line.thing for line in shown if not line.is_alone}
    names = names_of(actor, things | {line.doer for line in shown if line.doer})
    ids = {line.entry.token_id for line in shown if line.entry.token_id}
    tokens = dict(visible(ApiToken, actor).filter(id__in=ids).values_list("id", "name")) if ids else {}
    for line in shown:
        line.named = names.get(line.thing)
        line.by = names.get(line.doer) if line.doer else None
        if line.entry.token_id:
            line.token = tokens.get(line.entry.token_id, f"number {line.entry.token_id}")
