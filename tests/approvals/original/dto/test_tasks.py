"""Tasks look as in the recorded examples."""

import json
from pathlib import Path

import pytest

from approvals.models import Task
from approvals.original.dto.tasks import status_links, task_dto, tasks_dto
from approvals.original.links import Links
from tests.approvals.original.conftest import MakeTask

GOLDEN = (Path(__file__).parent.parent / "golden" / "task.json").read_text()


def rels(task: Task) -> list[str]:
    return [link["rel"] for link in task_dto(task, Links())["links"]]


def first_job_only(dto: dict) -> dict:
    return {**dto, "jobs": {**dto["jobs"], "collection": dto["jobs"]["collection"][:1]}}


def test_a_held_task_is_the_recorded_one(recorded: Task):
    dto = task_dto(recorded, Links("https://cloud.example.org/api/"))
    assert first_job_only(dto) == json.loads(GOLDEN.replace("ROOT", "https://cloud.example.org/api"))


def test_the_connector_gets_paths_below_the_root_without_a_slash_before_them(recorded: Task):
    assert first_job_only(task_dto(recorded, Links())) == json.loads(GOLDEN.replace("ROOT/", ""))


def test_fields_come_in_the_recorded_order(recorded: Task):
    dto = task_dto(recorded, Links())
    assert list(dto) == list(json.loads(GOLDEN))
    assert list(dto["jobs"]["collection"][0]) == list(json.loads(GOLDEN)["jobs"]["collection"][0])


def test_the_jobs_come_in_their_order(recorded: Task):
    types = [job["type"] for job in task_dto(recorded, Links())["jobs"]["collection"]]
    assert types == ["SCHEDULE", "CONFIGURE", "POWER_ON"]


@pytest.mark.parametrize("state", sorted(set(Task.State.values) - {"QUEUEING"}))
def test_only_a_task_that_waits_can_be_continued_or_cancelled(task_of: MakeTask, state: str):
    assert not {"continue", "cancel", "target"} & set(rels(task_of(state=state)))


@pytest.mark.parametrize("state", Task.State.values)
def test_only_a_failed_task_can_be_acknowledged(task_of: MakeTask, state: str):
    assert ("acknowledge" in rels(task_of(state=state))) == (state == "FINISHED_UNSUCCESSFULLY")


def test_a_task_whose_requester_is_gone_has_no_user(task_of: MakeTask, recorded: Task):
    recorded.requester = None
    dto = task_dto(recorded, Links())
    assert dto["userId"] == ""
    assert "user" not in [link["rel"] for link in dto["links"]]


def test_several_tasks_are_a_collection_without_a_total(recorded: Task):
    dto = tasks_dto([recorded], Links())
    assert list(dto) == ["links", "collection"]
    assert dto["links"] == []


def test_an_accepted_request_has_a_status_link_for_each_task(recorded: Task):
    dto = status_links([recorded], Links("/api/"))
    assert [link["rel"] for link in dto["links"]] == ["status"]
    assert dto["links"][0]["href"].endswith(f"/virtualmachines/1369/tasks/{recorded.id}")
    assert dto["entity"] == "You can keep track of the progress in the link"
