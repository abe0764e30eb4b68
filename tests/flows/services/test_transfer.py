"""Export, import preview, import."""

from typing import Any

import orjson
import pytest

from accounts.actors import Actor
from accounts.models import User
from actions.models import Credential
from common.problems import Problem
from flows.models import Flow
from flows.sdk import Kind, Node, NodeConfig, NodeMeta, node_types, ui
from flows.services.transfer import file_name, import_flow, preview_import
from flows.services.versions import exported, publish
from tests.support.flows import line

DOCUMENT: dict[str, Any] = {
    "format": "hookflow/flow",
    "version": 1,
    "name": "From a stranger",
    "description": "",
    "settings": {"concurrency": {"mode": "parallel"}},
    "nodes": [
        {
            "id": "t",
            "type": "event",
            "typeVersion": 1,
            "name": "Created",
            "config": {"event": "no.such"},
            "settings": {},
            "position": {"x": 0, "y": 0},
        },
        {
            "id": "x",
            "type": "no-such-node",
            "typeVersion": 1,
            "name": "X",
            "config": {},
            "settings": {},
            "position": {"x": 260, "y": 0},
        },
    ],
    "edges": [{"from": "t", "port": "out", "to": "x"}],
}


def test_preview_names_what_is_missing_and_stores_nothing(flow_editor: User) -> None:
    preview = preview_import(actor=Actor.of_user(flow_editor), document=DOCUMENT)
    assert [node.known for node in preview.nodes] == [True, False]
    assert "no-such-node" in preview.needs["node_types"][0]
    assert "no.such" in preview.needs["event_types"][0]
    assert not Flow.objects.exists()


def test_a_document_that_cannot_be_read_says_where(flow_editor: User) -> None:
    with pytest.raises(Problem) as refused:
        preview_import(actor=Actor.of_user(flow_editor), document={**DOCUMENT, "nodes": [{"id": "!"}]})
    assert refused.value.status == 400
    assert refused.value.extra["errors"][0]["field"].startswith("nodes.0")


def test_import_arrives_as_a_draft_and_off(flow_editor: User) -> None:
    flow = import_flow(actor=Actor.of_user(flow_editor), document=DOCUMENT)
    assert (flow.name, flow.is_enabled, flow.published_id) == ("From a stranger", False, None)
    assert flow.tenant_id == flow_editor.tenant_id


def test_export_import_export_is_byte_identical(flow_editor: User) -> None:
    actor = Actor.of_user(flow_editor)
    first = exported(import_flow(actor=actor, document=DOCUMENT), "draft")
    assert exported(import_flow(actor=actor, document=orjson.loads(first)), "draft") == first


def test_viewer_may_not_preview(viewer: User) -> None:
    with pytest.raises(Problem) as refused:
        preview_import(actor=Actor.of_user(viewer), document=DOCUMENT)
    assert refused.value.status == 403


@pytest.mark.parametrize(("name", "file"), [("Welcome, new Servers!", "welcome-new-servers"), ("ÄÖ", "flow")])
def test_file_names_are_plain(name: str, file: str) -> None:
    assert file_name(Flow(name=name)) == file


class NamedConfig(NodeConfig):
    aliases = {"uri": "url", "token": None}
    url: str = ui("", label="URL")


class Named(Node):
    meta = NodeMeta("named", Kind.ACTION, "Named", "Named.", "world")
    Config = NamedConfig


def drawing_of(config: dict[str, Any]) -> dict[str, Any]:
    return {
        **DOCUMENT,
        "nodes": [DOCUMENT["nodes"][0], {**DOCUMENT["nodes"][1], "type": "named", "config": config}],
    }


@pytest.fixture
def named_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(node_types._values, "named", Named())


def test_the_names_of_others_become_ours_and_their_secrets_stay_outside(
    named_type: None, flow_editor: User
) -> None:
    document = drawing_of({"uri": "https://example.org", "token": "geheim"})
    flow = import_flow(actor=Actor.of_user(flow_editor), document=document)
    assert flow.draft["nodes"][1]["config"] == {"url": "https://example.org"}


def test_an_import_into_a_draft_knows_the_names_of_others(named_type: None, flow_editor: User) -> None:
    actor = Actor.of_user(flow_editor)
    flow = import_flow(actor=actor, document=drawing_of({}))
    into = import_flow(
        actor=actor, document=drawing_of({"uri": "x"}), into=flow, revision=flow.draft_revision
    )
    assert into.draft["nodes"][1]["config"] == {"url": "x"}


def test_a_field_under_both_names_is_refused(named_type: None, flow_editor: User) -> None:
    with pytest.raises(Problem) as refused:
        preview_import(actor=Actor.of_user(flow_editor), document=drawing_of({"uri": "a", "url": "b"}))
    error = refused.value.extra["errors"][0]
    assert (error["code"], error["field"]) == ("named_twice", "nodes.1.config.uri")


CALLING = line(("t", "manual", {}), ("c", "call", {"credential": "theirs"}))


def test_a_preview_tells_which_credentials_could_take_the_place(
    api_credential: Credential, tenant_admin: User
) -> None:
    preview = preview_import(actor=Actor.of_user(tenant_admin), document=CALLING)
    [needed] = preview.credentials
    assert (needed.name, needed.types, needed.choices, needed.known) == ("theirs", ["api"], ["shop"], False)
    assert len(preview.needs["credentials"]) == 1


def test_a_preview_gives_the_document_as_an_import_would_store_it(
    api_credential: Credential, tenant_admin: User
) -> None:
    actor, names = Actor.of_user(tenant_admin), {"theirs": "shop"}
    preview = preview_import(actor=actor, document=CALLING, credentials=names)
    assert preview.ok
    assert preview.document == import_flow(actor=actor, document=CALLING, credentials=names).draft


def test_an_import_takes_other_credentials(api_credential: Credential, tenant_admin: User) -> None:
    actor = Actor.of_user(tenant_admin)
    flow = import_flow(actor=actor, document=CALLING, credentials={"theirs": "shop", "unused": "shop"})
    assert {node["id"]: node["config"] for node in flow.draft["nodes"]}["c"] == {"credential": "shop"}
    assert CALLING["nodes"][1]["config"] == {"credential": "theirs"}
    publish(actor=actor, flow=flow, revision=flow.draft_revision)


def test_the_credential_of_another_tenant_does_not_publish(
    api_credential: Credential, outsider_admin: User
) -> None:
    actor = Actor.of_user(outsider_admin)
    flow = import_flow(actor=actor, document=CALLING, credentials={"theirs": "shop"})
    with pytest.raises(Problem) as refusal:
        publish(actor=actor, flow=flow, revision=flow.draft_revision)
    assert [found["code"] for found in refusal.value.extra["problems"]] == ["unknown_credential"]
