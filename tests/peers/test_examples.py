"""The example flows of `docs/examples`, imported and run against the real systems."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from accounts.actors import Actor
from accounts.models import User
from actions.services import credentials
from actions.services.redmine import RedmineFields, connected
from flows.models import Flow, Run, Step
from flows.sdk import event_types
from flows.services.sending import send_event
from flows.services.transfer import import_flow
from flows.services.versions import publish
from scripts.shell import ROOT
from tests.peers.peer import Peer
from tests.peers.reaching import reaching
from tests.peers.test_todo import application
from tests.support.flows import eventually, running

EXAMPLES = ROOT / "docs" / "examples"
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("loopback_allowed", "encryption_key"),
]


@pytest.fixture
def keep(tenant_admin: User) -> Callable[..., None]:
    """`keep(type, name, **values)` stores a credential of the tenant."""

    def made(kind: str, name: str, **values: Any) -> None:
        credentials.create(actor=Actor.of_user(tenant_admin), type=kind, name=name, values=values)

    return made


def imported(name: str, admin: User) -> Flow:
    """The flow of an example, published and switched on."""
    actor = Actor.of_user(admin)
    flow = import_flow(actor=actor, document=json.loads((EXAMPLES / name).read_text()))
    publish(actor=actor, flow=flow, revision=flow.draft_revision, is_enabled=True)
    return flow


def test_a_failed_job_becomes_issues_that_name_each_other_and_a_task(
    redmine: Peer, github: Peer, graph: Peer, keep: Callable[..., None], tenant_admin: User
):
    keep("github", "GitHub", token=github["GITHUB_TOKEN"], base_url=github["GITHUB_URL"])
    keep("redmine", "Redmine", url=redmine["REDMINE_URL"], api_key=redmine["REDMINE_KEY"])
    keep("office365", "Office 365", **application(graph).model_dump(exclude_defaults=True))
    imported("failed-job.json", tenant_admin)
    kind = event_types.get("job.failed")
    assert kind is not None
    actor = Actor.of_user(tenant_admin)
    accepted = send_event(
        actor=actor, event_type="job.failed", payload=kind.sample, tenant_id=tenant_admin.tenant_id
    )
    run = Run.objects.get(id=accepted.runs[0])
    with running():
        eventually(lambda: Run.objects.get(id=run.id).finished_at, seconds=90, what="the run has ended")
    run.refresh_from_db()
    assert run.status == "succeeded", list(Step.objects.values("node_id", "error"))
    sent = [entry for entry in github.log("GITHUB_LOG") if entry["method"] == "POST"][-1]["body"]
    assert sent["title"] == f"{kind.sample['app_name']} problem"
    issue = Step.objects.get(run=run, node_id="redmine").output["redmine"]
    fields = RedmineFields(url=redmine["REDMINE_URL"], api_key=redmine["REDMINE_KEY"])
    task = [entry for entry in graph.log("GRAPH_LOG") if entry["method"] == "POST"][-1]["body"]
    assert task["title"] == f"Task: {kind.sample['runtemplate_name']} - failure"
    assert f"/issues/{issue['id']}" in task["body"]["content"]
    text = connected(reaching(), fields).issue(issue["id"])["description"]
    assert kind.sample["stderr"] in text
    assert "https://github.com/octocat/Hello-World/issues/1347" in text
