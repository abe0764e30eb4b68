"""Command of a job: the whole way, with a real runner and real programs."""

import os
from collections.abc import Callable
from datetime import timedelta

import pytest

from accounts.actors import Actor
from accounts.models import AuditEntry, User
from common.problems import Problem
from flows.models import Event, LogLine
from flows.sdk import NodeError
from flows.sdk.testing import FakeContext, run_node
from flows.services.reach import flows_in_reach
from flows.services.runs import retry_run
from jobs.models import JobRun
from jobs.nodes.job_command import JobCommand
from jobs.services.jobs import create_job
from jobs.services.launching import Launch, cancel_job_run, launch
from jobs.services.output import output_lines
from jobs.services.settling import settle
from tests.jobs.conftest import MakeCommand, over
from tests.support.flows import eventually, running

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
SHELL = {
    "name": "Shell",
    "executable": "/bin/sh",
    "slots": [{"name": "c", "kind": "fixed", "text": "-c"}, {"name": "script"}],
    "environment": ["GREETING", "WHOLE"],
    "audience": "everyone",
}


def ended(job_run: JobRun) -> JobRun:
    def is_over() -> bool:
        settle()
        job_run.refresh_from_db()
        return job_run.is_over

    with running():
        eventually(is_over, seconds=20, what="the job run is over")
    return JobRun.objects.select_related("job").get(id=job_run.id)


@pytest.fixture
def shell_job(owner: Actor, make_command: MakeCommand) -> Callable:
    command = make_command(**SHELL)

    def make(script: str, **values):
        values = {"name": "Nightly", "kind": "command", "command": command, **values}
        return create_job(actor=owner, parameters={"script": script}, **values)

    return make


def test_a_command_runs_and_its_outcome_is_taken_over(shell_job: Callable, owner: Actor):
    job = shell_job("echo out; echo err >&2; echo data > $RESULT_FILE; cat", input="typed")
    job_run = ended(launch(actor=owner, job=job))
    assert (job_run.state, job_run.exit_code, job_run.error) == ("succeeded", 0, None)
    assert (job_run.result, job_run.pid is not None) == ("data\n", True)
    assert job_run.cpu_seconds >= 0
    assert job_run.peak_memory > 0
    lines = [(line.stream, line.text) for line in output_lines(job_run)]
    assert sorted(lines) == [("stderr", "err"), ("stdout", "out"), ("stdout", "typed")]
    report = Event.objects.get(type="job.succeeded").payload
    assert (report["stdout"], report["stderr"], report["data"]) == ("out\ntyped", "err\n", "data\n")
    assert report["command"].startswith("/bin/sh -c ")
    assert AuditEntry.objects.filter(verb="ran", target="command").count() == 1


def test_it_gets_the_originals_variables_under_our_prefix(shell_job: Callable, owner: Actor):
    job = shell_job("env", environment={"GREETING": "hi {WHOLE} {NOT_THERE}", "WHOLE": "{GREETING}"})
    job_run = launch(actor=owner, job=job, how=Launch(overrides={"environment": {"WHOLE": "you"}}))
    told = dict(line.text.split("=", 1) for line in output_lines(ended(job_run)))
    assert told["GREETING"] == "hi you {NOT_THERE}"
    assert told["HOOKFLOW_JOB_ID"] == str(job_run.id)
    assert told["HOOKFLOW_RUNTEMPLATE_NAME"] == "Nightly"
    assert told["HOOKFLOW_COMPANY_CODE"] == "acme"
    assert told["HOOKFLOW_APPLICATION_NAME"] == "Shell"


@pytest.mark.parametrize(
    ("script", "values", "state", "code"),
    [
        ("exit 3", {}, "failed", "unexpected_exit_code"),
        ("exit 3", {"expected_exit_codes": [3]}, "succeeded", None),
        ("sleep 30", {"timeout_seconds": 1}, "failed", "command_timed_out"),
    ],
)
def test_the_exit_code_decides(shell_job: Callable, owner: Actor, script, values, state, code):
    job_run = ended(launch(actor=owner, job=shell_job(script, **values)))
    assert (job_run.state, (job_run.error or {}).get("code")) == (state, code)


def test_a_command_that_was_taken_away_fails_the_run(shell_job: Callable, owner: Actor, admin: Actor):
    job = shell_job("true")
    job.command.is_enabled = False
    job.command.save()
    assert ended(launch(actor=owner, job=job)).error["code"] == "command_not_allowed"


def test_lines_are_there_before_the_end_and_cancelling_ends_it(shell_job: Callable, owner: Actor):
    marker = f"marker{os.urandom(8).hex()}"
    job_run = launch(actor=owner, job=shell_job(f"echo begun; sleep 60; echo {marker}"))
    with running():
        eventually(lambda: settle() or _state(job_run) == "running", what="it is at work")
        cancel_job_run(actor=owner, job_run=job_run)
        eventually(lambda: settle() or _state(job_run) == "cancelled", what="it is cancelled")
    assert [name for name in os.listdir("/proc") if name.isdigit() and marker in _line(name)] == []


SLOW_TO_END = "trap 'sleep 3; echo tidied; exit' TERM; echo begun; while :; do sleep 0.1; done"


@pytest.mark.parametrize(
    ("how", "force_after", "is_tidied"),
    [("graceful", None, True), ("graceful_then_forced", 20, True), ("graceful_then_forced", 0.5, False)],
)
def test_a_graceful_stop_lets_the_command_end_by_itself(
    shell_job: Callable, owner: Actor, how: str, force_after: float | None, is_tidied: bool
):
    job_run = launch(actor=owner, job=shell_job(SLOW_TO_END))
    patience = None if force_after is None else timedelta(seconds=force_after)
    with running():
        eventually(lambda: settle() or "begun" in _log(job_run), what="it is at work")
        cancel_job_run(actor=owner, job_run=job_run, how=how, force_after=patience)
        eventually(lambda: settle() or _state(job_run) == "cancelled", 60, what="it is cancelled")
    assert ("tidied" in _log(job_run)) is is_tidied


def test_what_was_asked_to_end_can_be_ended_by_force_later(shell_job: Callable, owner: Actor):
    job_run = launch(
        actor=owner, job=shell_job("trap 'echo no' TERM; echo begun; while :; do sleep 0.1; done")
    )
    with running():
        eventually(lambda: settle() or "begun" in _log(job_run), what="it is at work")
        cancel_job_run(actor=owner, job_run=job_run, how="graceful")
        eventually(lambda: "no" in _log(job_run), 20, what="it was asked")
        assert _state(job_run) == "running"
        cancel_job_run(actor=owner, job_run=job_run, how="forced")
        eventually(lambda: settle() or _state(job_run) == "cancelled", 60, what="it is cancelled")


def _log(job_run: JobRun) -> list[str]:
    run_id = JobRun.objects.values_list("run_id", flat=True).get(id=job_run.id)
    return list(LogLine.objects.filter(run_id=run_id).values_list("text", flat=True))


def _state(job_run: JobRun) -> str:
    return JobRun.objects.values_list("state", flat=True).get(id=job_run.id)


def _line(pid: str) -> str:
    try:
        with open(f"/proc/{pid}/cmdline") as file:
            return file.read()
    except OSError:
        return ""


def test_a_run_that_was_not_started_for_the_job_gets_no_command(shell_job: Callable, owner: Actor):
    job_run = launch(actor=owner, job=shell_job("true"))
    with pytest.raises(NodeError) as failed:
        run_node(JobCommand, {}, {"job_run": str(job_run.id)}, context=FakeContext())
    assert failed.value.code == "not_a_job_run"


def test_the_flow_underneath_is_the_programs_alone(shell_job: Callable, owner: Actor, tenant_admin: User):
    job_run = over(launch(actor=owner, job=shell_job("true")), "failed")
    assert not flows_in_reach(owner).exists()
    with pytest.raises(Problem) as refused:
        retry_run(actor=owner, run=job_run.run)
    assert refused.value.code == "managed_flow"
