"""The Redmine node and credential against a real Redmine."""

from typing import Any
from uuid import uuid4

import pytest

from actions.credentials.redmine import Redmine
from actions.nodes.actions.redmine_issue import RedmineIssue
from actions.services.redmine import RedmineFields, connected
from flows.sdk import JsonObject, NodeError
from flows.sdk.testing import FakeContext, run_node
from flows.testing import render
from tests.peers.peer import Peer
from tests.peers.reaching import reaching

pytestmark = pytest.mark.usefixtures("loopback_allowed")


@pytest.fixture
def fields(redmine: Peer) -> RedmineFields:
    return RedmineFields(url=redmine["REDMINE_URL"], api_key=redmine["REDMINE_KEY"])


@pytest.fixture
def alice(redmine: Peer) -> RedmineFields:
    return RedmineFields(url=redmine["REDMINE_URL"], username="alice", password="alice-password")


def context(fields: RedmineFields, key: str = "") -> FakeContext:
    return reaching(key or f"{uuid4()}.node", r=fields)


def done(ctx: FakeContext, config: JsonObject, record: JsonObject | None = None) -> dict[str, Any]:
    drawn = {"credential": "r", "project": "demo", "subject": "Disk full", "description": "text", **config}
    if config.get("operation") not in (None, "create"):
        drawn = {"credential": "r", **config}
    result = run_node(RedmineIssue, drawn, record or {}, context=ctx, render=render)
    return result.record["redmine"]


def chosen(fields: RedmineFields, name: str, search: str = "", **config: str) -> dict[str, str]:
    ctx = context(fields)
    listed = RedmineIssue().choices(name, ctx, {"credential": "r", "project": "demo", **config}, search)
    return {choice.label: choice.value for choice in listed}


def test_the_test_of_a_credential_says_who_signs_in(fields: RedmineFields, alice: RedmineFields):
    assert Redmine().test(context(fields), fields).startswith("Signed in as admin, an administrator")
    assert Redmine().test(context(alice), alice) == "Signed in as alice, a member of 2 projects."


def test_the_test_of_a_credential_names_what_is_wrong(fields: RedmineFields):
    wrong = fields.model_copy(update={"api_key": "0" * 40})
    with pytest.raises(NodeError) as refused:
        Redmine().test(context(wrong), wrong)
    assert (refused.value.code, refused.value.retryable) == ("credential_refused", False)


def test_an_issue_is_created_with_every_choice_by_name(fields: RedmineFields):
    issue = done(
        context(fields),
        {
            "tracker": "Feature",
            "status": "In Progress",
            "priority": "High",
            "assignee": "Alice Smith",
            "category": "Network",
            "version": "1.0",
            "custom_fields": [
                {"field": "Hosts", "value": ["web", "db"]},
                {"field": "Ticket", "value": "{{ ticket }}"},
                {"field": "Level", "value": "high"},
                {"field": "Owner", "value": "{{ owner }}"},
            ],
        },
        {"ticket": 42, "owner": "Zoë"},
    )
    assert issue["ignored"] == []
    assert (issue["tracker"], issue["status"], issue["priority"]) == ("Feature", "In Progress", "High")
    assert (issue["assignee"], issue["project"]) == ("Alice Smith", "Demo project")
    assert issue["url"].endswith(f"/issues/{issue['id']}")


def test_an_issue_is_created_with_choices_by_number(fields: RedmineFields):
    tracker = chosen(fields, "tracker")["Support"]
    assert done(context(fields), {"tracker": tracker})["tracker"] == "Support"


def test_the_description_arrives_with_its_mark(fields: RedmineFields):
    made = done(context(fields), {"description": "Zoë’s disk\n\n* is full"})
    kept = connected(context(fields), fields).issue(made["id"])["description"].replace("\r", "")
    assert kept.startswith("Zoë’s disk\n\n* is full\n\nhookflow-")


def test_a_repeated_step_finds_its_issue(fields: RedmineFields):
    key = f"{uuid4()}.node"
    first = done(context(fields, key), {})
    assert done(context(fields, key), {})["id"] == first["id"]
    assert done(context(fields), {})["id"] != first["id"]


def test_a_repeated_step_finds_its_issue_when_it_was_closed_meanwhile(fields: RedmineFields):
    key = f"{uuid4()}.node"
    first = done(context(fields, key), {})
    done(context(fields), {"operation": "update", "issue": str(first["id"]), "status": "Closed"})
    assert done(context(fields, key), {})["id"] == first["id"]


def test_a_status_that_redmine_does_not_allow_is_told(alice: RedmineFields):
    issue = done(context(alice), {"status": "Rejected"})
    assert (issue["status"], issue["ignored"]) == ("New", ["status"])


def test_a_custom_field_that_redmine_drops_is_told(fields: RedmineFields):
    assert done(context(fields), {"custom_fields": [{"field": "999", "value": "x"}]})["ignored"] == [
        "custom field 999"
    ]


def test_a_change_leaves_alone_what_it_does_not_name(fields: RedmineFields):
    first = done(context(fields), {"priority": "High"})
    changed = done(
        context(fields),
        {"operation": "update", "issue": "{{ id }}", "status": "Resolved", "notes": "Done"},
        {"id": first["id"]},
    )
    assert (changed["subject"], changed["priority"], changed["status"]) == ("Disk full", "High", "Resolved")


def test_a_comment_is_made_once(fields: RedmineFields, redmine: Peer):
    first = done(context(fields), {})
    key = f"{uuid4()}.node"
    for _ in range(2):
        done(context(fields, key), {"operation": "comment", "issue": str(first["id"]), "notes": "Looked at"})
    journals = connected(context(fields), fields).issue(first["id"], include="journals")["journals"]
    assert [entry["notes"].split("\n")[0] for entry in journals] == ["Looked at"]


def test_what_a_project_demands_is_named(fields: RedmineFields):
    with pytest.raises(NodeError) as refused:
        done(context(fields), {"project": "strict", "tracker": "Bug"})
    assert (refused.value.code, refused.value.field) == ("invalid_issue", "custom_fields")
    assert "Contract cannot be blank" in str(refused.value)


@pytest.mark.parametrize(
    ("config", "code", "field"),
    [
        ({"project": "nowhere"}, "not_found", None),
        ({"tracker": "Wish"}, "unknown_choice", "tracker"),
        ({"category": "999"}, "invalid_issue", "category"),
        ({"operation": "update", "issue": "999999", "status": "Closed"}, "not_found", None),
        ({"operation": "update", "issue": "a/../b", "status": "Closed"}, "not_a_whole_number", "issue"),
    ],
)
def test_bad_input_is_named_and_not_tried_again(
    fields: RedmineFields, config: JsonObject, code: str, field: str | None
):
    with pytest.raises(NodeError) as refused:
        done(context(fields), config)
    assert (refused.value.code, refused.value.field, refused.value.retryable) == (code, field, False)


def test_lists_depend_on_the_project(fields: RedmineFields):
    assert chosen(fields, "project") == {"Demo project": "demo", "Strict project": "strict"}
    assert set(chosen(fields, "tracker")) == {"Bug", "Feature", "Support"}
    assert set(chosen(fields, "category")) == {"Network", "Storage"}
    assert list(chosen(fields, "version")) == ["1.0"]
    assert "Alice Smith" in chosen(fields, "assignee", "alice")
    assert "Urgent" in chosen(fields, "priority")
    assert "Rejected" in chosen(fields, "status")


def test_custom_fields_are_listed_for_everybody(fields: RedmineFields, alice: RedmineFields):
    done(context(fields), {"tracker": "Bug"})
    expected = {"Owner", "Level", "Hosts", "Ticket"}
    assert set(chosen(fields, "custom_fields.field", tracker="Bug")) >= expected
    assert set(chosen(alice, "custom_fields.field", tracker="Bug")) >= expected
