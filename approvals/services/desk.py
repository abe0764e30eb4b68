"""`flows.engine.review_desk.ReviewDesk`: steps that wait for people become tasks as their runs are parked."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from accounts.models import User
from approvals.models import Task
from approvals.services.content import hash_of
from approvals.services.reviews_of_runs import caused_by_run_of, starter_of
from approvals.services.task_events import tell
from approvals.services.telling import tell_on_commit
from approvals.services.withdrawing import withdraw
from common.ids import new_id
from common.names import as_name
from common.redact import plain_text, redact_json
from flows.engine.review_desk import HeldReview
from flows.models import Run
from flows.sdk import Json


class Desk:
    """The settings name it."""

    def held(self, reviews: Sequence[HeldReview]) -> None:
        """These steps wait for people from now on."""
        runs = Run.objects.select_related("flow", "event").in_bulk([held.run_id for held in reviews])
        people = _people(runs.values())
        tasks = [_task(held, runs[held.run_id], people) for held in reviews]
        Task.objects.bulk_create(tasks, ignore_conflicts=True)
        for task in tasks:
            with caused_by_run_of(task):
                tell(task, "held")
        tell_on_commit(*tasks)

    def left(self, run_ids: Sequence[UUID], message: str) -> None:
        """These runs ended while they waited for a review."""
        withdraw(Task.objects.filter(run_id__in=run_ids), message)


def _people(runs: Iterable[Run]) -> Mapping[int, User]:
    """Those who started runs by hand, by id."""
    ids = {user_id for run in runs if (user_id := starter_of(run)) is not None}
    return User.objects.in_bulk(ids) if ids else {}


def _shown(label: str, value: Json) -> list[Json]:
    (masked,) = redact_json({label: value}).values()
    return [plain_text(label), masked]


def _task(held: HeldReview, run: Run, people: Mapping[int, User]) -> Task:
    review, policy = held.review, dict(held.review.policy)
    requester = people.get(starter_of(run) or 0)
    task = Task(
        id=new_id(),
        # As the run: what a platform's flow shows is the platform's, whatever tenant it runs for.
        tenant_id=run.flow.tenant_id,
        type=Task.Type.REVIEW,
        state=Task.State.QUEUEING,
        requester=requester,
        requester_name=requester.name or requester.email if requester else "",
        created_at=held.since,
        changed_at=held.since,
        run_id=held.run_id,
        node_id=held.node_id,
        title=as_name(plain_text(review.title), 300) or as_name(held.node_name, 300),
        text=plain_text(review.text),
        shown=[_shown(label, value) for label, value in review.shown],
        form=[dict(field) for field in review.form],
        policy_name=str(policy.get("name", ""))[:120],
        policy=policy.get("policy"),
        can_be_overruled=policy["policy"]["document"]["overruling"] if policy.get("policy") else True,
        reviewers=policy.get("reviewers", {}),
        # The sweeper looks at once: it may be decided already, or by nobody.
        due_at=held.since if policy.get("policy") else None,
    )
    task.content_hash = hash_of(task)
    return task
