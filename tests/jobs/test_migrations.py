"""What the migrations make of rows that were there before."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from jobs.models import Job, JobRun

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
PLAIN, SEALED = [("jobs", "0003_services")], [("jobs", "0004_sealed_values")]
NOW = datetime(2026, 1, 15, tzinfo=UTC)


def migrate(targets):
    MigrationExecutor(connection).migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps


@pytest.fixture
def newest() -> Iterator[list[tuple[str, str]]]:
    leaves = MigrationExecutor(connection).loader.graph.leaf_nodes()
    yield leaves
    migrate(leaves)


def test_environment_and_input_are_encrypted_and_come_back(newest: list[tuple[str, str]]):
    old = migrate(PLAIN)
    whole = {"environment": {"KEY": "hush"}, "input": "hush", "parameters": {"a": 1}}
    job = old.get_model("jobs", "Job").objects.create(
        name="A", kind="command", environment={"KEY": "hush"}, input="hush", created_at=NOW, updated_at=NOW
    )
    row = {"scheduled_at": NOW, "schedule_type": "adhoc", "created_at": NOW}
    run = old.get_model("jobs", "JobRun").objects.create(job=job, overrides=whole, **row)
    bare = old.get_model("jobs", "JobRun").objects.create(job=job, overrides={"parameters": {"a": 1}}, **row)

    migrate(SEALED)
    migrate(newest)
    found, launched = Job.objects.get(id=job.id), JobRun.objects.get(id=run.id)
    assert (found.environment, found.input, launched.overrides) == ({"KEY": "hush"}, "hush", whole)
    assert launched.plain_overrides == {"parameters": {"a": 1}}
    assert "hush" not in found.private + launched.private
    assert JobRun.objects.get(id=bare.id).private == ""

    back = migrate(PLAIN)
    found = back.get_model("jobs", "Job").objects.get(id=job.id)
    assert (found.environment, found.input) == ({"KEY": "hush"}, "hush")
    assert back.get_model("jobs", "JobRun").objects.get(id=run.id).overrides == whole
