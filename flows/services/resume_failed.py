"""Resume many failed runs at once: after an outage nobody wants to open each."""

from collections import Counter
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.actors import Actor
from accounts.roles import Permission
from common.problems import Problem
from flows.engine.admission import REFUSALS
from flows.models import Flow, Run
from flows.services.runs import resume_run

MOST_RESUMED = 200
"""So many runs one call resumes: each is a transaction of its own, and the caller waits for all."""
MOST_COUNTED = 10_000


@dataclass(slots=True)
class Resumed:
    """What became of a call: the new runs, how many were left alone and why, and whether more wait for another call."""

    runs: list[UUID] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    has_more: bool = False


def resumable(runs: QuerySet[Run]) -> QuerySet[Run]:
    """Of these runs, those that failed at a step and that nobody has resumed or repeated since."""
    repeated = Run.objects.filter(retried_from=OuterRef("pk"))
    return runs.filter(
        ~Exists(repeated),
        ~Q(flow__is_managed=True, flow__followed_file=""),
        status=Run.Status.FAILED,
        last_cursor__isnull=False,
        flow__deleted_at=None,
    )


@dataclass(frozen=True, slots=True)
class Resumable:
    """How many runs can be resumed, up to one more than `MOST_COUNTED`; the newest; names of flows, most runs first."""

    total: int
    newest: UUID | None
    by_flow: list[tuple[str, int]]


def count_resumable(runs: QuerySet[Run]) -> Resumable:
    """Of these runs."""
    found = list(resumable(runs).order_by("-id").values_list("id", "flow_id")[: MOST_COUNTED + 1])
    counts = Counter(flow_id for _, flow_id in found)
    names = dict(Flow.objects.filter(id__in=counts).values_list("id", "name"))
    by_flow = [(names.get(flow_id, ""), count) for flow_id, count in counts.most_common()]
    return Resumable(len(found), found[0][0] if found else None, by_flow)


def resume_failed(*, actor: Actor, runs: QuerySet[Run], newest: UUID | None = None) -> Resumed:
    """Resume the oldest of `runs` (which are in the actor's reach) that can be, up to `MOST_RESUMED`.

    Calling it again resumes the rest and none twice: a run that was resumed is no longer among them.

    Args:
        newest: the newest that was counted; what failed after it, be it again, is not what a person agreed to.
    """
    actor.need(Permission.run_flows)
    if newest is not None:
        runs = runs.filter(id__lte=newest)
    done = Resumed()
    full: dict[UUID, str] = {}
    found = list(resumable(runs).order_by("id").values_list("id", "flow_id")[: MOST_RESUMED + 1])
    done.has_more = len(found) > MOST_RESUMED
    for run_id, flow_id in found[:MOST_RESUMED]:
        if flow_id in full:
            done.refused[full[flow_id]] += 1
            continue
        run = Run.objects.select_related("flow").defer("flow__draft").get(id=run_id)
        try:
            done.runs.append(resume_run(actor=actor, run=run, is_first=True).id)
        except Problem as problem:
            if problem.status != 409:
                raise
            done.refused[problem.message] += 1
            if problem.code in REFUSALS:
                full[flow_id] = problem.message
    return done
