"""The webhook action, taken through by a real runner, against a real Redmine and GitHub's description."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from actions.services.credentials import create
from flows.models import Run
from tests.peers.peer import Peer
from tests.support.flows import ADMIN, document, published, run_to_rest, started

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("loopback_allowed", "encryption_key"),
]
ISSUE = {"issue": {"project_id": "demo", "subject": "{{ subject }}"}}


def credential(kind: str, url: str, **values: str) -> str:
    create(actor=ADMIN, type=kind, name="theirs", values={"allowed_hosts": [urlsplit(url).netloc], **values})
    return "theirs"


def called(**config: Any) -> Run:
    nodes = [("t", "manual", {}), ("w", "webhook", {"as_field": "response", **config})]
    run = started(published(document(nodes, [("t", "out", "w")])), {"subject": 'Žižkov "down"'})
    return run_to_rest(run)


def answer(run: Run) -> dict[str, Any]:
    return run.steps.get(node_id="w", status="succeeded").output["response"]


def test_an_api_key_creates_and_changes_an_issue_of_redmine(redmine: Peer):
    url = redmine["REDMINE_URL"]
    key = credential("http-api-key", url, name="X-Redmine-API-Key", key=redmine["REDMINE_KEY"])
    made = answer(called(url=f"{url}/issues.json", credential=key, content=ISSUE))
    assert made["status"] == 201
    assert made["body"]["issue"]["subject"] == 'Žižkov "down"'
    change = {"issue": {"subject": "Up again"}}
    issue = f"{url}/issues/{made['body']['issue']['id']}.json"
    assert answer(called(url=issue, method="PUT", credential=key, content=change))["status"] in (200, 204)
    read = answer(called(url=issue, method="GET", credential=key))
    assert read["body"]["issue"]["subject"] == "Up again"


def test_a_form_and_a_header_of_ones_own_reach_redmine(redmine: Peer):
    url = redmine["REDMINE_URL"]
    key = credential("http-api-key", url, name="X-Redmine-API-Key", key=redmine["REDMINE_KEY"])
    form = {"issue[project_id]": "demo", "issue[subject]": "a&b={{ subject }}"}
    headers = {"X-Redmine-Switch-User": "alice"}
    kind = "application/x-www-form-urlencoded"
    made = called(url=f"{url}/issues.json", credential=key, content_type=kind, form=form, headers=headers)
    issue = answer(made)["body"]["issue"]
    assert issue["subject"] == 'a&b=Žižkov "down"'
    assert issue["author"]["name"].startswith("Alice")


def test_a_user_name_and_a_password_sign_in_at_redmine(redmine: Peer):
    url = redmine["REDMINE_URL"]
    user = credential("http-basic", url, username="alice", password="alice-password")
    read = answer(called(url=f"{url}/users/current.json", method="GET", credential=user))
    assert read["body"]["user"]["login"] == "alice"


def test_a_bearer_token_signs_in_at_github(github: Peer):
    url = github["GITHUB_URL"]
    token = credential("http-bearer", url, token=github["GITHUB_TOKEN"])
    assert answer(called(url=f"{url}/user", method="GET", credential=token))["status"] == 200


def test_a_wrong_key_fails_the_step_at_once(redmine: Peer):
    url = redmine["REDMINE_URL"]
    key = credential("http-api-key", url, name="X-Redmine-API-Key", key="0" * 40)
    run = called(url=f"{url}/issues.json", credential=key, content=ISSUE)
    assert run.status == "failed"
    assert "0" * 40 not in str(run.steps.get(node_id="w").error)
