import pytest

from accounts.actors import Actor
from accounts.models import AuditEntry, Tenant, User
from common.problems import Problem
from jobs.models import Command, Job
from jobs.services.commands import change_command
from jobs.services.jobs import change_job, create_job
from jobs.services.reach import job_for, jobs_in_reach
from tests.jobs.conftest import MakeJob
from tests.support.flows import line, published

pytestmark = pytest.mark.django_db


def refusal(action, **values) -> str:
    with pytest.raises(Problem) as refused:
        action(**values)
    return refused.value.code


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"interval": "c", "cron": "99 * * * *"}, "bad_cron"),
        ({"interval": "c", "cron": "0 0 30 2 *"}, "bad_cron"),
        ({"interval": "q"}, "bad_choice"),
        ({"backoff": "wild"}, "bad_choice"),
        ({"zone": "Mars/Base"}, "bad_zone"),
        ({"deadline": "soon"}, "bad_deadline"),
        ({"deadline": "24:00"}, "bad_deadline"),
        ({"max_attempts": 0}, "bad_limit"),
        ({"timeout_seconds": 10**9}, "bad_limit"),
        ({"expected_exit_codes": [256]}, "bad_exit_codes"),
        ({"expected_exit_codes": [True]}, "bad_exit_codes"),
        ({"parameters": [1]}, "bad_object"),
        ({"kind": "sorcery"}, "bad_kind"),
        ({"name": " "}, "name_missing"),
        ({"input": "x"}, "not_for_flows"),
    ],
)
def test_what_cannot_be_kept_is_refused(make_job: MakeJob, values: dict, code: str):
    assert refusal(make_job, **values) == code
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({}, "argument_missing"),
        ({"parameters": {"word": "-e"}}, "option_refused"),
        ({"parameters": {"word": "x", "other": "y"}}, "unknown_argument"),
        ({"parameters": {"word": "x"}, "environment": {"LD_PRELOAD": "x"}}, "variable_not_allowed"),
        ({"parameters": {"word": "x"}, "environment": {"GREETING": 1}}, "bad_value"),
        ({"parameters": {"word": "x"}, "working_directory": "../x"}, "bad_directory"),
        ({"parameters": {"word": "x"}, "working_directory": "/etc"}, "bad_directory"),
        ({"parameters": {"word": "x"}, "working_directory": "a/../../b"}, "bad_directory"),
        ({"parameters": {"word": "x"}, "working_directory": "a\0b"}, "bad_directory"),
        ({"parameters": {"word": "x"}, "working_directory": "x" * 300}, "bad_directory"),
        ({"parameters": {"word": "x"}, "input": "x" * 1_048_577}, "input_too_large"),
    ],
)
def test_what_the_command_does_not_take_is_refused(
    make_job: MakeJob, command: Command, values: dict, code: str
):
    assert refusal(make_job, kind="command", command=command, **values) == code


def test_a_command_that_is_not_for_the_tenant_is_refused(make_job: MakeJob, command: Command, admin: Actor):
    values = {"kind": "command", "command": command, "parameters": {"word": "x"}}
    change_command(actor=admin, command=command, audience="platform")
    assert refusal(make_job, **values) == "command_not_allowed"
    change_command(actor=admin, command=command, audience="chosen")
    assert refusal(make_job, **values) == "command_not_allowed"
    change_command(actor=admin, command=command, tenants=Tenant.objects.filter(slug="acme"))
    assert make_job(**values).command == command


def test_anothers_flow_is_refused(make_job: MakeJob, other_tenant: Tenant):
    theirs = published(line(("t", "manual", {})), Actor.system(other_tenant.pk))
    assert refusal(make_job, flow=theirs) == "flow_not_allowed"
    assert refusal(make_job, on_failure=theirs) == "flow_not_allowed"


def test_others_do_not_see_it(make_job: MakeJob, outsider_admin: User, customer: User):
    job = make_job()
    for user in (outsider_admin, customer):
        assert not jobs_in_reach(Actor.of_user(user)).exists()
        assert refusal(job_for, actor=Actor.of_user(user), job_id=job.id) == "not_found"


@pytest.mark.parametrize("person", ["viewer", "integration", "customer"])
def test_who_publishes_no_flows_makes_no_jobs(request: pytest.FixtureRequest, flow, person: str):
    actor = Actor.of_user(request.getfixturevalue(person))
    assert refusal(create_job, actor=actor, name="x", kind="flow", flow=flow) == "not_allowed"


def test_the_trail_keeps_the_old_schedule_and_no_environment(
    make_job: MakeJob, owner: Actor, command: Command
):
    job = make_job(kind="command", command=command, parameters={"word": "x"}, interval="d")
    change_job(actor=owner, job=job, interval="w", environment={"GREETING": "hush"})
    entry = AuditEntry.objects.filter(target="job", verb="updated").get()
    assert entry.changes["interval"] == ["d", "w"]
    assert "hush" not in str(entry.changes)
