"""Publishing does not switch a flow unless it is asked to; what the editor sends is what the API wants."""

import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import AuditEntry
from common import crypto
from flows.graph.codec import document_json
from flows.models import Flow
from scripts.shell import ROOT
from tests.flows.pages.conftest import House, drawing

FLOWS = "/api/v1/flows/"
PRECONDITIONS = json.loads((ROOT / "frontend/src/api/preconditions.json").read_text())


@pytest.fixture
def fresh(editor: APIClient) -> Flow:
    """A flow that was never published."""
    made = editor.post(f"{FLOWS}import/", {"document": document_json(drawing("Fresh"))})
    return Flow.objects.get(id=made.json()["id"])


def publish(editor: APIClient, flow: Flow, body: dict[str, Any]) -> Flow:
    flow.refresh_from_db()
    answer = editor.post(f"{FLOWS}{flow.id}/publish/", body, headers={"If-Match": f'"{flow.draft_revision}"'})
    assert answer.status_code == 201, answer.content
    flow.refresh_from_db()
    return flow


@pytest.mark.parametrize("was_on", [None, False, True], ids=["never published", "off", "on"])
@pytest.mark.parametrize("asked", [None, False, True], ids=["not said", "off", "on"])
def test_publishing_leaves_the_switch_as_it_is_unless_it_says_otherwise(
    editor: APIClient, fresh: Flow, was_on: bool | None, asked: bool | None
):
    if was_on is not None:
        publish(editor, fresh, {"is_enabled": was_on})
    flow = publish(editor, fresh, {} if asked is None else {"is_enabled": asked})
    assert flow.is_enabled is (bool(was_on) if asked is None else asked)
    entry = AuditEntry.objects.filter(verb="published", target_id=str(flow.id)).latest("id")
    assert ("is_enabled" in entry.changes) is (flow.is_enabled is not bool(was_on))


@pytest.mark.parametrize("wrong", ["maybe", 7, None, [], {}])
def test_a_switch_that_is_neither_on_nor_off_publishes_nothing(editor: APIClient, fresh: Flow, wrong: Any):
    answer = editor.post(
        f"{FLOWS}{fresh.id}/publish/",
        {"is_enabled": wrong},
        headers={"If-Match": f'"{fresh.draft_revision}"'},
    )
    assert answer.status_code == 400
    assert fresh.versions.count() == 0


@pytest.mark.parametrize("row", PRECONDITIONS, ids=lambda row: f"{row['method']} {row['path']}")
def test_what_the_editor_sends_with_a_change_is_what_the_api_wants(
    editor: APIClient, house: House, row: dict[str, Any], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(crypto, "_ring", crypto.KeyRing([crypto.new_key("k1")]))
    path = "/api/v1/" + row["path"].replace("<flow>", str(house.flow.id))
    send = getattr(editor, row["method"].lower())
    bare = send(path, {})
    assert (bare.status_code == 428) is ("If-Match" in row["needs"]), bare.content
    if "Idempotency-Key" in row["needs"]:
        bad = send(path, {}, headers={"Idempotency-Key": "not a key", "If-Match": '"1"'})
        assert (bad.status_code, bad.json()["code"]) == (400, "bad_idempotency_key")
