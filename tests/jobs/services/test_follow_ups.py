"""What follows a job: one list each for success and failure, run in its order whatever fails."""

from datetime import UTC, datetime

import pytest
from django.db import transaction

from accounts.actors import Actor
from accounts.models import User
from common.problems import Problem
from flows.models import Flow, LogLine, Run
from flows.services.flows import save_draft
from jobs.models import Job, JobRun
from jobs.services.action_settings import set_platform_config
from jobs.services.ending import end
from jobs.services.follow_ups import Action, follow_ups, set_follow_ups
from jobs.services.jobs import change_job, delete_job
from jobs.services.launching import launch
from tests.jobs.conftest import MakeJob
from tests.support.flows import run_to_rest

pytestmark = pytest.mark.django_db(transaction=True)


def log(text: str) -> Action:
    return Action("log-line", config={"text": text})


FAILS = Action("sleep", name="Broken", config={"duration": "{{ runtemplate_name }}"})


def ended(job: Job, state: str, owner: Actor) -> JobRun:
    """A run of the job that ends at once."""
    job_run = launch(actor=owner, job=job)
    with transaction.atomic():
        end(JobRun.objects.select_related("job__tenant").get(id=job_run.id), state, datetime.now(UTC))
    return JobRun.objects.get(id=job_run.id)


def texts(run: Run) -> list[str]:
    lines = LogLine.objects.filter(run=run).exclude(level=LogLine.Level.ERROR).order_by("seq")
    return list(lines.values_list("text", flat=True))


def test_each_action_starts_when_the_one_before_has_ended_failed_or_not(make_job: MakeJob, owner: Actor):
    job = make_job()
    found = set_follow_ups(actor=owner, job=job, mode="failure", actions=[log("one"), FAILS, log("three")])
    assert (found.is_list, found.is_in_force, found.problems) == (True, True, [])
    job_run = ended(job, "failed", owner)
    run = run_to_rest(Run.objects.get(flow_id=job.on_failure_id))
    assert run.status == "succeeded"
    first, second, third = texts(run)
    assert (first, third) == ("one", "three")
    assert second.startswith("Broken failed and the next action follows.")
    assert JobRun.objects.get(id=job_run.id).state == "failed"


def test_only_the_list_of_the_outcome_and_of_that_job_runs(make_job: MakeJob, owner: Actor):
    job, other = make_job(), make_job(name="Other")
    set_follow_ups(actor=owner, job=job, mode="success", actions=[log("ok")])
    set_follow_ups(actor=owner, job=job, mode="failure", actions=[log("not ok")])
    ended(other, "succeeded", owner)
    ended(job, "cancelled", owner)
    assert not Run.objects.filter(flow_id__in=[job.on_success_id, job.on_failure_id]).exists()
    ended(job, "succeeded", owner)
    assert Run.objects.filter(flow_id=job.on_success_id).count() == 1
    assert not Run.objects.filter(flow_id=job.on_failure_id).exists()


def test_a_list_reads_as_it_was_set_and_keeps_the_ids_of_what_stays(make_job: MakeJob, owner: Actor):
    job = make_job()
    first = set_follow_ups(actor=owner, job=job, mode="success", actions=[log("a"), log("b")]).actions
    turned = set_follow_ups(
        actor=owner, job=job, mode="success", actions=[first[1], first[0], log("c")]
    ).actions
    assert [(entry.id, entry.config["text"]) for entry in turned] == [("a2", "b"), ("a1", "a"), ("a3", "c")]
    assert follow_ups(Job.objects.get(id=job.id), "success").actions == turned


def test_what_has_to_be_mended_leaves_the_old_list_in_force(make_job: MakeJob, owner: Actor):
    job = make_job()
    set_follow_ups(actor=owner, job=job, mode="success", actions=[log("a")])
    published = Flow.objects.get(id=job.on_success_id).published_id
    found = set_follow_ups(actor=owner, job=job, mode="success", actions=[Action("log-line")])
    assert not found.is_in_force
    assert found.problems
    assert Flow.objects.get(id=job.on_success_id).published_id == published


def test_an_empty_list_switches_its_flow_off(make_job: MakeJob, owner: Actor):
    job = make_job()
    set_follow_ups(actor=owner, job=job, mode="success", actions=[log("a")])
    set_follow_ups(actor=owner, job=job, mode="success", actions=[])
    ended(job, "succeeded", owner)
    assert not Run.objects.filter(flow_id=job.on_success_id).exists()
    set_follow_ups(actor=owner, job=job, mode="success", actions=[log("b")])
    ended(job, "succeeded", owner)
    assert Run.objects.filter(flow_id=job.on_success_id).count() == 1


def test_a_drawing_that_is_more_than_a_list_says_so(make_job: MakeJob, owner: Actor):
    job = make_job()
    flow = set_follow_ups(actor=owner, job=job, mode="success", actions=[log("a"), log("b")]).flow
    assert flow is not None
    edges = [{"from": "ended", "port": "out", "to": "a1"}, {"from": "a1", "port": "out", "to": "a2"}]
    save_draft(actor=owner, flow=flow, document={**flow.draft, "edges": edges}, revision=flow.draft_revision)
    assert not follow_ups(job, "success").is_list


def test_own_settings_lie_over_the_platforms(make_job: MakeJob, owner: Actor, admin: Actor):
    set_platform_config(
        actor=admin, node_type="log-line", config={"text": "of the platform", "level": "error"}
    )
    own = [Action("log-line"), log("own")]
    found = set_follow_ups(actor=owner, job=make_job(), mode="success", actions=own)
    assert [entry.config for entry in found.actions] == [
        {"text": "of the platform", "level": "error"},
        {"text": "own", "level": "error"},
    ]


def test_the_flow_belongs_to_the_jobs_owner_whoever_sets_the_list(
    make_job: MakeJob, platform_admin: User, admin: Actor
):
    job = make_job()
    actor = Actor.of_user(platform_admin)
    flow = set_follow_ups(actor=actor, job=job, mode="success", actions=[log("a")]).flow
    assert flow is not None
    assert (flow.tenant_id, actor.tenant_id) == (job.tenant_id, None)


def test_what_follows_is_deleted_with_its_job(make_job: MakeJob, owner: Actor):
    job = make_job()
    lists = [
        set_follow_ups(actor=owner, job=job, mode=mode, actions=[log("a")]).flow_id
        for mode in ("success", "failure")
    ]
    delete_job(actor=owner, job=job)
    assert not Flow.objects.filter(id__in=lists, deleted_at=None).exists()


def test_a_flow_that_something_else_starts_outlives_the_job(make_job: MakeJob, owner: Actor, flow: Flow):
    job, other = make_job(), make_job(name="Other")
    shared = set_follow_ups(actor=owner, job=other, mode="success", actions=[log("a")]).flow
    change_job(actor=owner, job=job, on_success=shared, on_failure=flow)
    delete_job(actor=owner, job=job)
    assert Flow.objects.filter(id__in=[shared.id, flow.id], deleted_at=None).count() == 2


@pytest.mark.parametrize(
    ("actions", "code"),
    [
        ([Action("manual")], "bad_action"),
        ([Action("none")], "bad_action"),
        ([log("x")] * 51, "too_many_actions"),
    ],
)
def test_what_cannot_follow_is_refused(make_job: MakeJob, owner: Actor, actions: list[Action], code: str):
    job = make_job()
    with pytest.raises(Problem) as caught:
        set_follow_ups(actor=owner, job=job, mode="success", actions=actions)
    assert caught.value.code == code
    assert Job.objects.get(id=job.id).on_success_id is None


def test_a_viewer_sets_nothing(make_job: MakeJob, viewer: User):
    with pytest.raises(Problem, match="publish_flows"):
        set_follow_ups(actor=Actor.of_user(viewer), job=make_job(), mode="success", actions=[])


def test_platform_settings_are_the_platform_admins(owner: Actor, admin: Actor):
    with pytest.raises(Problem, match="manage_platform"):
        set_platform_config(actor=owner, node_type="log-line", config={})
    with pytest.raises(Problem, match="no setting"):
        set_platform_config(actor=admin, node_type="log-line", config={"colour": "red"})
