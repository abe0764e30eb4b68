"""The flows of the hooks file: written so that the same hook keeps its flow, and so its history."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from accounts.actors import Actor
from actions.models import Credential
from common.problems import Problem
from common.strict_json import dumps
from flows.graph.codec import document_json
from flows.models import Flow, FlowVersion
from flows.sdk import JsonObject
from flows.services.flows import read_or_refuse, save_draft, update_flow
from flows.services.many import Drawn, draw, make_flows
from flows.services.plans import Installation, InstallationWith
from flows.services.versions import publish
from hooks.models import FileCredential, FileHook
from hooks.services.becoming import Planned, PlannedFile
from hooks.services.drawing import LONGEST_NAME, drawing_of, name_of, places_in
from hooks.services.reading import Located
from hooks.services.receivers import Chosen, choose, make_missing

ACTOR = Actor.system()
Likeness = Callable[[FileHook, Planned, JsonObject], bool]


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is to be written: each hook that is wanted with its drawing, and what became of the others."""

    chosen: Chosen
    drawn: list[tuple[Planned, Drawn]]
    problems: list[Located]

    def is_current(self) -> bool:
        """Whether the credentials are still what they were: another worker may have made or forgotten some."""
        wanted = set(self.chosen.names.values())
        own = Credential.objects.filter(tenant=None, name__in=wanted).values_list("name", flat=True)
        return set(own) == wanted - set(self.chosen.missing)


def prepare(file: PlannedFile) -> Prepared:
    """Choose credentials, draw and compile, before a transaction. What is in force already is not compiled again."""
    chosen = choose(ACTOR, file.receivers)
    installation = InstallationWith(None, chosen.types)
    known = {dumps(one) for one in FileHook.objects.values_list("flow__published__document", flat=True)}
    drawn, problems = [], []
    for planned in file.wanted:
        raw = document_json(read_or_refuse(_drawing(planned, chosen.name_of(planned.receiver))))
        try:
            drawn.append((planned, draw(raw, installation, publishes=dumps(raw) not in known)))
        except Problem as problem:
            hook = planned.hook
            problems.append(Located(hook.line, problem.code, _why(problem), problem.hint, entry=hook.number))
    return Prepared(chosen, drawn, problems)


def write_flows(prepared: Prepared, path: str) -> None:
    """Make the flows those of the file, inside a transaction that holds the row of the file.

    Args:
        path: of the file, which people see with the flows.
    """
    made = make_missing(ACTOR, prepared.chosen)
    FileCredential.objects.bulk_create(FileCredential(credential=one) for one in made)
    rows = list(FileHook.objects.select_related("flow", "flow__published"))
    matched = _matched(rows, [(planned, drawn.document) for planned, drawn in prepared.drawn])
    switch_off(row for row in rows if row not in matched.values())
    new = []
    for planned, drawn in prepared.drawn:
        row = matched.get(planned.hook.number)
        if row is None:
            # Of two hooks that are the same, one may have been in force alone.
            again = drawn if drawn.plan else draw(drawn.document, Installation(None), publishes=True)
            new.append((planned, again))
        else:
            _write(row, planned, drawn)
    flows = make_flows(actor=ACTOR, drawn=[drawn for _, drawn in new], is_managed=True)
    FileHook.objects.bulk_create(
        FileHook(flow=flow, **_place(planned)) for flow, (planned, _) in zip(flows, new, strict=True)
    )
    Flow.objects.filter(file_hook__number__isnull=False).exclude(followed_file=path).update(
        followed_file=path
    )


def places_of(version: FlowVersion | None) -> frozenset[tuple[str, int]]:
    """The receivers of traps that the file names: for a flow of its own, or all that are in force."""
    rows = FileHook.objects.exclude(flow__published=None)
    if version is not None:
        is_own = rows.filter(flow_id=version.flow_id).exists()
        return places_in(version.document) if is_own else frozenset()
    documents = rows.exclude(number=None).values_list("flow__published__document", flat=True)
    return frozenset(place for document in documents for place in places_in(document))


def switch_off(rows: Iterable[FileHook]) -> None:
    """These hooks are in force no more, and their flows are not shown. What runs goes on."""
    rows = list(rows)
    for row in rows:
        if row.flow.is_enabled:
            update_flow(actor=ACTOR, flow=row.flow, is_enabled=False)
        if row.number is not None:
            row.number = None
            row.save(update_fields=["number"])
    Flow.objects.filter(pk__in=[row.pk for row in rows]).update(followed_file="")


def _drawing(planned: Planned, credential: str) -> JsonObject:
    # Flows of the program's own are found by their name: no description makes a hook one of the others.
    name = name_of(planned.hook)
    name = name if name.startswith("Hook ") else f"Hook: {name}"[:LONGEST_NAME]
    return drawing_of(planned.hook, name, planned.receiver, credential)


def _matched(rows: list[FileHook], wanted: list[tuple[Planned, JsonObject]]) -> dict[int, FileHook]:
    """Which hook gets which flow, by number: its own, else one that did nearly the same, else a disused one."""
    free, matched = list(rows), {}
    for is_like in _LIKENESSES:
        for planned, drawing in wanted:
            if planned.hook.number in matched:
                continue
            row = next((row for row in free if is_like(row, planned, drawing)), None)
            if row is not None:
                matched[planned.hook.number] = row
                free.remove(row)
    return matched


def _is_same(row: FileHook, planned: Planned, drawing: JsonObject) -> bool:
    return row.flow.published is not None and bool(row.flow.published.document == drawing)


def _is_for_the_same(row: FileHook, planned: Planned, drawing: JsonObject) -> bool:
    return (row.event_type, row.implementation) == (planned.hook.event_type, planned.hook.implementation)


def _is_of_that_event(row: FileHook, planned: Planned, drawing: JsonObject) -> bool:
    return row.event_type == planned.hook.event_type


_LIKENESSES: tuple[Likeness, ...] = (_is_same, _is_for_the_same, _is_of_that_event)


def _write(row: FileHook, planned: Planned, drawn: Drawn) -> None:
    flow = row.flow
    if flow.published is None or flow.published.document != drawn.document:
        flow = save_draft(actor=ACTOR, flow=flow, document=drawn.document, revision=flow.draft_revision)
        publish(actor=ACTOR, flow=flow, revision=flow.draft_revision, is_enabled=True, plan=drawn.plan)
    elif not flow.is_enabled:
        update_flow(actor=ACTOR, flow=flow, is_enabled=True)
    place = _place(planned)
    if any(getattr(row, name) != value for name, value in place.items()):
        FileHook.objects.filter(pk=row.pk).update(**place)


def _place(planned: Planned) -> dict[str, Any]:
    hook = planned.hook
    return {
        "number": hook.number, "line": hook.line,
        "event_type": hook.event_type, "implementation": hook.implementation,
    }  # fmt: skip


def _why(problem: Problem) -> str:
    """The first fault of the drawing, where it has any."""
    faults = problem.extra.get("problems") or []
    return str(faults[0]["message"]) if faults else problem.message
