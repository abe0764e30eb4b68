"""The GitHub nodes and credential against GitHub's own description of its API."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from actions.credentials.github import GitHub as Credential
from actions.nodes.actions.github import GitHub
from actions.nodes.actions.github_workflow import GitHubWorkflow
from actions.services.github import GitHubFields
from flows.sdk import JsonObject, Node, NodeError
from flows.sdk.testing import FakeContext, run_node
from flows.testing import render
from tests.peers.peer import Peer
from tests.peers.reaching import reaching

pytestmark = pytest.mark.usefixtures("loopback_allowed")


class Asked:
    """What the peer was asked during a test."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self._from = len(peer.log("GITHUB_LOG"))

    @property
    def all(self) -> list[dict[str, Any]]:
        return self._peer.log("GITHUB_LOG")[self._from :]

    def bodies(self, method: str, path: str) -> list[Any]:
        return [entry["body"] for entry in self.all if (entry["method"], entry["path"]) == (method, path)]


@pytest.fixture
def asked(github: Peer) -> Iterator[Asked]:
    """Nothing that a test asks may be against GitHub's description; that some of its examples are is not ours."""
    found = Asked(github)
    yield found
    violations = [entry["answer_headers"].get("sl-violations", "") for entry in found.all]
    assert [said for said in violations if '"request"' in said] == []


@pytest.fixture
def fields(github: Peer) -> GitHubFields:
    return GitHubFields(token=github["GITHUB_TOKEN"], base_url=github["GITHUB_URL"])


def context(fields: GitHubFields) -> FakeContext:
    return reaching(f"{uuid4()}.node", g=fields)


def done(
    fields: GitHubFields, config: JsonObject, record: JsonObject | None = None, kind: type[Node] = GitHub
) -> dict[str, Any]:
    drawn = {"credential": "g", "repository": "octocat/Hello-World", **config}
    return dict(run_node(kind, drawn, record or {}, context=context(fields), render=render).record)


REPO = "/repos/octocat/Hello-World"


def test_the_test_of_a_token_says_whose_it_is(fields: GitHubFields, asked: Asked):
    assert Credential().test(context(fields), fields).startswith("Signed in as octocat")


def test_a_wrong_token_is_told(fields: GitHubFields):
    wrong = fields.model_copy(update={"token": "no"})
    with pytest.raises(NodeError) as refused:
        Credential().test(context(wrong), wrong)
    assert refused.value.code == "credential_refused"


@pytest.fixture(scope="module")
def app_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.TraditionalOpenSSL
    return key.private_bytes(serialization.Encoding.PEM, form, plain).decode()


def test_an_app_signs_in_for_its_installation(github: Peer, app_key: str, asked: Asked):
    fields = GitHubFields(
        sign_in="app", app_id="1", installation_id="1", private_key=app_key, base_url=github["GITHUB_URL"]
    )
    done(fields, {"operation": "comment", "number": "1347", "body": "Seen"})
    first, *others = asked.all
    assert first["path"] == "/app/installations/1/access_tokens"
    assert first["headers"]["authorization"].startswith("Bearer eyJ")
    assert all(entry["headers"]["authorization"].startswith("token ghs_") for entry in others)


def test_the_permission_that_an_app_lacks_is_named(github: Peer, app_key: str, asked: Asked):
    fields = GitHubFields(
        sign_in="app", app_id="1", installation_id="1", private_key=app_key, base_url=github["GITHUB_URL"]
    )
    with pytest.raises(NodeError) as refused:
        Credential().test(context(fields), fields)
    assert refused.value.code == "not_allowed"
    assert "Pull requests" in refused.value.hint


def test_an_issue_has_all_that_was_chosen(fields: GitHubFields, asked: Asked):
    made = done(
        fields,
        {
            "title": "{{ name }} fails",
            "body": "**Look**",
            "labels": ["bug", "{{ kind }}"],
            "assignees": ["octocat"],
            "milestone": "1",
        },
        {"name": "Backup", "kind": "ops"},
    )
    (body,) = asked.bodies("POST", f"{REPO}/issues")
    assert body["title"] == "Backup fails"
    assert (body["labels"], body["assignees"], body["milestone"]) == (["bug", "ops"], ["octocat"], 1)
    assert body["body"].startswith("**Look**\n\n<!-- hookflow-")
    assert made["github"]["number"] == 1347


def test_a_milestone_is_found_by_its_title(fields: GitHubFields, asked: Asked):
    done(fields, {"title": "x", "milestone": "v1.0"})
    assert asked.bodies("POST", f"{REPO}/issues")[0]["milestone"] == 1


def test_an_issue_is_created_over_graphql(fields: GitHubFields, asked: Asked):
    made = done(fields, {"operation": "create-issue-graphql", "title": "x", "body": "y"})["github"]
    assert (made["state"], made["title"]) == ("open", "x")
    sent = [entry["body"] for entry in asked.all if entry["path"].endswith("/graphql")]
    assert sent[-1]["variables"]["input"]["repositoryId"] == "R_octocat_Hello-World"


def test_a_graphql_error_is_one_though_github_answers_200(fields: GitHubFields):
    config = {"operation": "create-issue-graphql", "repository": "octocat/other", "title": "x", "body": "y"}
    done(fields, config)
    with pytest.raises(NodeError) as refused:
        done(fields, {"operation": "ready-pull", "repository": "octocat/missing", "number": "1"})
    assert refused.value.code == "not_found"


def test_a_draft_is_marked_as_ready(fields: GitHubFields, asked: Asked):
    done(fields, {"operation": "ready-pull", "number": "1347"})
    assert "markPullRequestReadyForReview" in asked.all[-1]["body"]["query"]


def test_an_issue_is_changed_commented_on_and_closed(fields: GitHubFields, asked: Asked):
    done(fields, {"operation": "update-issue", "number": "#1347", "labels": ["bug"], "state": "open"})
    done(fields, {"operation": "comment", "number": "1347", "body": "Again"})
    done(fields, {"operation": "close-issue", "number": "1347", "reason": "not_planned"})
    changed, closed = asked.bodies("PATCH", f"{REPO}/issues/1347")
    assert changed == {"labels": ["bug"], "state": "open"}
    assert closed == {"state": "closed", "state_reason": "not_planned"}
    assert asked.bodies("POST", f"{REPO}/issues/1347/comments")[0]["body"].startswith("Again")


def test_a_pull_request_has_branches_labels_people_and_reviewers(fields: GitHubFields, asked: Asked):
    done(
        fields,
        {
            "operation": "create-pull",
            "title": "Amazing",
            "head": "new-topic",
            "base": "main",
            "draft": True,
            "labels": ["bug"],
            "assignees": ["octocat"],
            "reviewers": ["hubot", "octo-org/justice-league"],
        },
    )
    (pull,) = asked.bodies("POST", f"{REPO}/pulls")
    assert (pull["head"], pull["base"], pull["draft"]) == ("new-topic", "main", True)
    assert asked.bodies("PATCH", f"{REPO}/issues/1347") == [{"labels": ["bug"], "assignees": ["octocat"]}]
    (reviewers,) = asked.bodies("POST", f"{REPO}/pulls/1347/requested_reviewers")
    assert reviewers == {"reviewers": ["hubot"], "team_reviewers": ["justice-league"]}


def test_labels_and_milestones_are_managed(fields: GitHubFields, asked: Asked):
    done(fields, {"operation": "save-label", "label": "bug", "color": "d73a4a", "description": "Broken"})
    done(fields, {"operation": "save-milestone", "milestone": "v9", "due_on": "2026-03-31"})
    done(fields, {"operation": "close-milestone", "milestone": "v1.0"})
    assert asked.bodies("PATCH", f"{REPO}/labels/bug") == [{"color": "d73a4a", "description": "Broken"}]
    made = asked.bodies("POST", f"{REPO}/milestones")
    assert made == [{"title": "v9", "due_on": "2026-03-31T00:00:00Z"}]
    assert asked.bodies("PATCH", f"{REPO}/milestones/1") == [{"state": "closed"}]


def test_a_workflow_is_started(fields: GitHubFields, asked: Asked):
    config = {"workflow": "deploy.yml", "ref": "main", "inputs": {"stage": "{{ stage }}"}}
    done(fields, config, {"stage": "live"}, GitHubWorkflow)
    (body,) = asked.bodies("POST", f"{REPO}/actions/workflows/deploy.yml/dispatches")
    assert body == {"ref": "main", "inputs": {"stage": "live"}}


@pytest.mark.parametrize(
    ("repository", "code"),
    [("octocat/missing", "not_found"), ("octocat/forbidden", "not_allowed"), ("octocat/gone", "gone")],
)
def test_what_github_refuses_is_named_and_not_tried_again(fields: GitHubFields, repository: str, code: str):
    with pytest.raises(NodeError) as refused:
        done(fields, {"repository": repository, "operation": "update-issue", "number": "1", "state": "open"})
    assert (refused.value.code, refused.value.retryable) == (code, False)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("repository", "octocat/Hello-World"),
        ("labels", "bug"),
        ("assignees", "octocat"),
        ("milestone", "1"),
        ("head", "master"),
    ],
)
def test_lists_come_from_the_repository(fields: GitHubFields, asked: Asked, name: str, expected: str):
    drawn = {"credential": "g", "repository": "octocat/Hello-World"}
    assert expected in [choice.value for choice in GitHub().choices(name, context(fields), drawn, "")]


def test_workflows_are_listed(fields: GitHubFields, asked: Asked):
    drawn = {"credential": "g", "repository": "octocat/Hello-World"}
    assert GitHubWorkflow().choices("workflow", context(fields), drawn, "") != []
