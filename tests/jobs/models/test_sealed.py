"""What jobs and their runs are given and may be secret."""

import pytest
from django.db import connection

from accounts.actors import Actor
from accounts.models import Tenant
from common.crypto import CannotOpen
from jobs.models import Command, Job, JobRun
from jobs.services.launching import Launch, launch
from tests.jobs.conftest import MakeJob

pytestmark = pytest.mark.django_db
CANARY = "canary-of-a-password"


@pytest.fixture
def job(make_job: MakeJob, command: Command) -> Job:
    given = {"environment": {"GREETING": CANARY}, "input": f"say {CANARY}"}
    return make_job(kind="command", command=command, parameters={"word": "x"}, **given)


@pytest.fixture
def job_run(job: Job, owner: Actor) -> JobRun:
    overrides = {"environment": {"GREETING": f"other {CANARY}"}, "input": CANARY, "parameters": {"word": "y"}}
    return launch(actor=owner, job=job, how=Launch(overrides=overrides))


def everything() -> str:
    """All rows of all tables of the database, as text."""
    with connection.cursor() as cursor:
        rows = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            rows += cursor.fetchall()
    return str(rows)


def test_environment_and_input_come_back_as_they_were(job: Job, job_run: JobRun):
    found = Job.objects.get(id=job.id)
    assert (found.environment, found.input) == ({"GREETING": CANARY}, f"say {CANARY}")
    assert JobRun.objects.get(id=job_run.id).overrides == {
        "environment": {"GREETING": f"other {CANARY}"},
        "input": CANARY,
        "parameters": {"word": "y"},
    }


def test_no_row_of_any_table_holds_them_in_plain(job_run: JobRun):
    found = everything()
    assert CANARY not in found
    assert "GREETING" in found  # the command's list of variables: the search sees what is there


def test_a_ciphertext_that_was_moved_does_not_open(job: Job, make_job: MakeJob, other_tenant: Tenant):
    other = make_job(name="Other")
    other.private = job.private
    with pytest.raises(CannotOpen):
        _ = other.environment
    job.tenant_id = other_tenant.pk
    with pytest.raises(CannotOpen):
        _ = job.input


def test_what_is_taken_away_leaves_nothing(job: Job):
    job.environment = {}
    assert job.input
    job.input = ""
    assert job.private == ""
