"""The flows of the hooks file: written so that the same hook keeps its flow, and so its history."""

from collections.abc import Callable, Iterable

from django.db import transaction

from accounts.actors import Actor
from common.problems import Problem
from flows.graph.codec import document_json
from flows.models import Flow, FlowVersion
from flows.sdk import JsonObject
from flows.services.flows import create_flow, read_or_refuse, save_draft, update_flow
from flows.services.versions import publish
from hooks.models import FileHook
from hooks.services.becoming import Planned, PlannedFile
from hooks.services.drawing import LONGEST_NAME, drawing_of, name_of, places_in
from hooks.services.reading import Located
from hooks.services.receivers import keep

ACTOR = Actor.system()
Likeness = Callable[[FileHook, Planned, JsonObject], bool]


def write_flows(file: PlannedFile, path: str) -> list[Located]:
    """Make the flows those of the file, inside a transaction that holds the row of the file.

    Args:
        path: of the file, which people see with the flows.

    Returns:
        What is wrong with hooks that did not become a flow after all.
    """
    names = keep(ACTOR, file.receivers)
    wanted = [
        (
            one,
            document_json(read_or_refuse(_drawing(one, names.get(one.receiver, "") if one.receiver else ""))),
        )
        for one in file.wanted
    ]
    rows = list(FileHook.objects.select_related("flow", "flow__published"))
    matched = _matched(rows, wanted)
    problems = []
    for planned, drawing in wanted:
        row = matched.pop(planned.hook.number, None)
        try:
            with transaction.atomic():
                _write(row, planned, drawing)
        except Problem as problem:
            hook = planned.hook
            problems.append(Located(hook.line, problem.code, _why(problem), problem.hint, entry=hook.number))
        else:
            if row is not None:
                rows.remove(row)
    switch_off(rows)
    Flow.objects.filter(file_hook__number__isnull=False).exclude(followed_file=path).update(
        followed_file=path
    )
    return problems


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


def _write(row: FileHook | None, planned: Planned, drawing: JsonObject) -> None:
    flow = row.flow if row else _new_flow(drawing)
    if flow.published is None or flow.published.document != drawing:
        if row:
            flow = save_draft(actor=ACTOR, flow=flow, document=drawing, revision=flow.draft_revision)
        publish(actor=ACTOR, flow=flow, revision=flow.draft_revision, is_enabled=True)
    elif not flow.is_enabled:
        update_flow(actor=ACTOR, flow=flow, is_enabled=True)
    hook = planned.hook
    values = {
        "number": hook.number, "line": hook.line,
        "event_type": hook.event_type, "implementation": hook.implementation,
    }  # fmt: skip
    if row is None or any(getattr(row, name) != value for name, value in values.items()):
        FileHook.objects.update_or_create(flow=flow, defaults=values)


def _new_flow(drawing: JsonObject) -> Flow:
    return create_flow(
        actor=ACTOR,
        name=str(drawing["name"]),
        description=str(drawing["description"]),
        document=read_or_refuse(drawing),
        is_managed=True,
    )


def _why(problem: Problem) -> str:
    """The first fault of the drawing, where it has any."""
    faults = problem.extra.get("problems") or []
    return str(faults[0]["message"]) if faults else problem.message
