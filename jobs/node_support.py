"""What the nodes of jobs share."""

from collections.abc import Iterator
from contextlib import contextmanager

from accounts.actors import Actor
from common.ids import uuid_from
from common.problems import Problem
from flows.sdk import NodeContext, NodeError
from jobs.models import Job
from jobs.services.reach import jobs_in_reach


def acting(ctx: NodeContext) -> Actor:
    """The actor of a step: the program, in reach of what the flow's owner has."""
    return Actor(user_id=None, tenant_id=ctx.owner_id, role=None, name=f"run {ctx.run_id}")


@contextmanager
def told_as_node_error(field: str | None = None) -> Iterator[None]:
    """Tell a service's refusal as the failure of a node, at the field that it names or at this one."""
    try:
        yield
    except Problem as problem:
        raise NodeError.of(problem, field=field or problem.field) from problem


def job_called(ctx: NodeContext, called: str, field: str) -> Job:
    """The job of that id, or of that name, of the flow's owner.

    Raises:
        NodeError: `unknown_job`, `several_jobs`.
    """
    called = called.strip()
    rows = jobs_in_reach(acting(ctx))
    by_id = uuid_from(called)
    found = list(rows.filter(id=by_id) if by_id else rows.filter(name=called)[:2])
    if len(found) == 1:
        return found[0]
    if found:
        raise NodeError(
            "several_jobs",
            f"Several jobs are called {called[:200]!r}.",
            hint="Name the one that is meant by its id, which stands in the address of its page.",
            field=field,
        )
    raise NodeError(
        "unknown_job",
        f"There is no job {called[:200]!r}.",
        hint="Write the name of a job of this flow's owner, or its id.",
        field=field,
    )
