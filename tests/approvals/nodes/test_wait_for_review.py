"""Wait for review: people hold a flow, fill in a form, and let it go on or not."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from accounts.actors import Actor
from accounts.models import User
from accounts.roles import Role
from approvals.models import Answer, Policy, ReviewGroup, Task
from approvals.nodes.wait_for_review import WaitForReview
from approvals.services.content import hash_of
from approvals.services.deciding import decide
from approvals.services.looking import look
from common.problems import Problem
from flows.models import Event, LogLine, Run, Step
from flows.sdk import Shape
from flows.sdk.testing import configured
from flows.services.flows import delete_flow
from flows.services.runs import cancel_run
from tests.conftest import make_user
from tests.support.flows import document, published, run_to_rest, started

pytestmark = pytest.mark.django_db(transaction=True)
EXAMPLE = Path(__file__).resolve().parents[3] / "docs" / "examples" / "review-of-memory.json"
PAYLOAD = {"hostname": "web-1", "ram": 4096, "reason": "Slow."}
PORTS = ("continued", "cancelled", "expired")


@pytest.fixture
def admin(tenant_admin: User) -> Actor:
    return Actor.of_user(tenant_admin)


def waiting(
    starter: Actor, config: dict[str, Any], payload: dict[str, Any] | None = None
) -> tuple[Run, Task]:
    """A run that waits for review, and its task. Each port ends in a line of its name."""
    lines = [(port, "log-line", {"text": port}) for port in PORTS]
    drawing = document(
        [("t", "manual", {}), ("r", "wait-for-review", {"title": "Go on?", **config}), *lines],
        [("t", "out", "r"), *(("r", port, port) for port in PORTS)],
    )
    run = run_to_rest(started(published(drawing, starter), payload or PAYLOAD, starter))
    return run, Task.objects.get(run_id=run.id)


def said(actor: Actor, task: Task, kind: Answer.Kind = Answer.Kind.CONTINUE, **more: Any) -> None:
    decide(actor=actor, task_id=task.id, kind=kind, way=Answer.Way.API, **more)


def came_to(run: Run) -> tuple[str, str]:
    """The port behind which the run went on, and how it ended."""
    run_to_rest(run)
    return Step.objects.get(run=run, node_id="r").port, run.status


def test_the_example_asks_and_goes_on_with_what_was_filled_in(admin, boss):
    run = run_to_rest(started(published(json.loads(EXAMPLE.read_text()), admin), PAYLOAD, admin))
    task = Task.objects.get()
    assert (task.title, task.text, task.state, task.run_id) == (
        "More memory for web-1?",
        "Slow.",
        "QUEUEING",
        run.id,
    )
    assert task.shown == [["hostname", "web-1"], ["ram", 4096]]
    assert (task.tenant_id, task.requester_id) == (admin.tenant_id, admin.user_id)
    said(boss, task, form={"memory": 8192}, message="Fine.")
    assert run_to_rest(run).status == "succeeded"
    output = Step.objects.get(run=run, node_id="review").output["review"]
    assert (output["decision"], output["form"], output["by"], output["message"]) == (
        "continued",
        {"memory": 8192},
        "manager",
        "Fine.",
    )
    texts = LogLine.objects.filter(run=run).values_list("text", flat=True)
    assert "manager grants web-1 8192 MB." in texts
    assert "manager continued it: Fine." in texts


def test_events_of_a_review_come_from_the_run_that_waits_so_that_flows_cannot_ask_for_ever(admin, boss):
    run, task = waiting(admin, {})
    said(boss, task)
    told = Event.objects.filter(type__startswith="task.").order_by("id")
    assert [(event.type, event.cause_run_id, event.depth) for event in told] == [
        ("task.held", run.id, 1),
        ("task.continued", run.id, 1),
    ]


def test_a_withdrawn_review_is_told_as_cancelled(admin):
    run, _ = waiting(admin, {})
    cancel_run(actor=Actor.system(), run=run)
    assert Event.objects.filter(type="task.cancelled", cause_run_id=run.id).count() == 1


def test_a_cancelled_review_goes_on_behind_its_own_port(admin, boss):
    run, task = waiting(admin, {})
    said(boss, task, Answer.Kind.CANCEL)
    assert came_to(run) == ("cancelled", "succeeded")


def test_whoever_started_the_run_does_not_continue_it(admin):
    _, task = waiting(admin, {})
    with pytest.raises(Problem) as caught:
        said(admin, task)
    assert caught.value.code == "four_eyes"


def test_a_run_that_is_cancelled_takes_its_task_back_and_says_so(admin, boss):
    run, task = waiting(admin, {})
    cancel_run(actor=Actor.system(), run=run)
    task.refresh_from_db()
    assert (task.state, task.extra_data) == (
        "CANCELLED",
        {"workflow": "Withdrawn: system cancelled the run."},
    )
    with pytest.raises(Problem) as caught:
        said(boss, task)
    assert caught.value.code == "decided_already"


def test_a_deleted_flow_takes_its_tasks_back(admin):
    run, task = waiting(admin, {})
    delete_flow(actor=admin, flow=run.flow)
    task.refresh_from_db()
    assert task.state == "CANCELLED"
    assert task.extra_data["workflow"].startswith("Withdrawn: ")


def test_named_people_decide_all_of_them(admin, tenant, viewer):
    ben = make_user("ben@acme.example", Role.viewer, tenant)
    config = {"decided_by": "people", "reviewers": "{{ owner }}, ben@acme.example", "approval": "all"}
    run, task = waiting(admin, config, {"owner": viewer.email})
    said(Actor.of_user(viewer), task)
    run.refresh_from_db()
    assert run.status == "waiting"
    said(Actor.of_user(ben), task)
    assert came_to(run) == ("continued", "succeeded")


@pytest.mark.parametrize(
    ("then", "port"), [("continue", "continued"), ("cancel", "cancelled"), ("fail", "expired")]
)
def test_when_nobody_decides_in_time_the_flow_goes_on_as_it_says(admin, viewer, then, port):
    config = {"decided_by": "people", "reviewers": viewer.email, "deadline": "2h", "then": then}
    run, task = waiting(admin, config)
    look()  # it learns when to look again
    task.refresh_from_db()
    assert look(task.due_at) == 1
    assert came_to(run) == (port, "succeeded")


def test_where_nobody_can_be_asked_the_managers_are(admin, boss):
    run, task = waiting(admin, {"decided_by": "people", "reviewers": "nobody@acme.example"})
    look()
    assert boss.user_id in task.answers.get(kind="escalate").to_users
    said(boss, task)
    assert came_to(run) == ("continued", "succeeded")


def test_a_policy_by_name_decides(admin, tenant, viewer):
    level = {"reviewers": [{"kind": "user", "id": viewer.pk}]}
    now = {"created_at": "2026-01-01T00:00Z", "updated_at": "2026-01-01T00:00Z"}
    Policy.objects.create(tenant=tenant, name="Network", document={"stages": [{"levels": [level]}]}, **now)
    run, task = waiting(admin, {"decided_by": "policy", "policy": "Network"})
    assert task.policy_name == "Network"
    said(Actor.of_user(viewer), task)
    assert came_to(run) == ("continued", "succeeded")


def test_a_policy_that_is_gone_fails_the_step(admin, tenant):
    drawing = document(
        [
            ("t", "manual", {}),
            ("r", "wait-for-review", {"title": "?", "decided_by": "policy", "policy": "Gone"}),
        ],
        [("t", "out", "r")],
    )
    run = run_to_rest(started(published(drawing, admin), {}, admin))
    assert (run.status, run.error["code"], run.error["field"]) == ("failed", "unknown_policy", "policy")
    config = configured(WaitForReview, {"title": "?", "decided_by": "policy", "policy": "Gone"})
    assert WaitForReview().warnings(config, tenant.pk)[0][0] == "policy"


def test_what_a_reviewer_reads_holds_no_secret_and_nothing_that_a_screen_obeys(admin):
    payload = {"text": "password=hunter2 \u202e\x1b[31mred", "password": "hunter2"}
    _, task = waiting(admin, {"text": "{{ text }}", "shown": ["password"]}, payload)
    assert "hunter2" not in json.dumps([task.title, task.text, task.shown])
    assert "\u202e" not in task.text
    assert "\x1b" not in task.text


def test_a_title_leaves_out_what_no_name_holds(admin):
    _, task = waiting(admin, {"title": "Rename to {{ name }}?"}, {"name": "Zoe\u0308\u3164\u2800\u202e"})
    assert task.title == "Rename to Zoë?"
    assert task.content_hash == hash_of(task)


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"title": "?", "decided_by": "policy"},
        {"title": "?", "decided_by": "people"},
        {"title": "?", "form": [{"name": "a"}, {"name": "a"}]},
        {"title": "?", "form": [{"name": "Not a name"}]},
        {"title": "?", "form": [{"name": "a", "kind": "choice"}]},
        {"title": "?", "form": [{"name": "a", "kind": "number", "least": 2, "most": 1}]},
        {"title": "?", "decided_by": "people", "reviewers": "a", "deadline": "30s"},
        {"title": "?", "decided_by": "people", "reviewers": "a", "reminder": "999d"},
    ],
)
def test_a_config_that_says_too_little_is_refused(config):
    with pytest.raises(ValidationError):
        configured(WaitForReview, config)


def test_the_answers_are_known_to_the_nodes_that_follow():
    config = configured(WaitForReview, {"title": "?", "form": [{"name": "cpu", "kind": "number"}]})
    shapes = WaitForReview().fields(config, Shape.object({"a": Shape.string()}))
    assert set(shapes) == set(PORTS)
    assert shapes["continued"].at("review.form.cpu").type == "number"


def test_a_shown_field_that_is_not_there_is_a_problem():
    config = configured(WaitForReview, {"title": "?", "shown": ["a", "b"]})
    ((field, message, _),) = WaitForReview().check(config, Shape.object({"a": Shape.string()}))
    assert (field, message) == ("shown", "The record has no field 'b'.")


def test_a_dry_run_shows_what_reviewers_would_see():
    config = configured(WaitForReview, {"title": "Go on?", "shown": ["a"], "form": [{"name": "cpu"}]})
    shown = WaitForReview().preview(config, {"a": 1})
    assert (shown["title"], shown["shown"]) == ("Go on?", {"a": 1})
    assert WaitForReview().dry_run_result(config, {}).record["review"]["form"] == {"cpu": None}


def test_people_who_cannot_decide_are_named_at_publish(tenant_admin, viewer):
    gone = make_user("gone@acme.example", Role.viewer, tenant_admin.tenant)
    gone.is_active = False
    gone.save()
    now = datetime.now(UTC)
    ReviewGroup.objects.create(tenant=tenant_admin.tenant, name="Nobody", created_at=now, updated_at=now)
    named = f"{viewer.email}, {gone.email}, Nobody, typo@acme.example, {{{{ owner }}}}"
    config = configured(WaitForReview, {"title": "Go on?", "decided_by": "people", "reviewers": named})
    found = WaitForReview().warnings(config, tenant_admin.tenant_id)
    told = "Nobody who could decide is behind "
    assert [(field, message.removeprefix(told)) for field, message, _ in found] == [
        ("reviewers", f"{gone.email!r}."),
        ("reviewers", "'Nobody'."),
        ("reviewers", "'typo@acme.example'."),
    ]
