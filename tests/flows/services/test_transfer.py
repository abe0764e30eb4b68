"""Export, import preview, import."""

import json

import pytest

from accounts.actors import Actor
from accounts.models import User
from common.problems import Problem
from flows.models import Flow
from flows.services.transfer import export_flow, file_name, import_flow, preview_import

DOCUMENT = {
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
            "config": {"credential": "prod"},
            "settings": {},
            "position": {"x": 260, "y": 0},
        },
    ],
    "edges": [{"from": "t", "port": "out", "to": "x"}],
}


def raw(document: object = DOCUMENT) -> bytes:
    return json.dumps(document).encode()


def test_preview_names_what_is_missing_and_stores_nothing(flow_editor: User) -> None:
    preview = preview_import(Actor.of_user(flow_editor), raw())
    assert preview.is_ok
    assert [(need.name, need.is_here) for need in preview.node_types] == [
        ("event", True),
        ("no-such-node", False),
    ]
    assert [(need.name, need.is_here) for need in preview.event_types] == [("no.such", False)]
    assert [need.name for need in preview.credentials] == ["prod"]
    assert not Flow.objects.exists()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"", "empty_json"),
        (b'{"a": 1, "a": 2}', "duplicate_key"),
        (raw({**DOCUMENT, "surprise": 1}), "unknown_key"),
        (b" " * (5 * 1024 * 1024 + 1), "too_large"),
    ],
)
def test_a_file_that_cannot_be_read_gives_located_errors(flow_editor: User, text: bytes, code: str) -> None:
    preview = preview_import(Actor.of_user(flow_editor), text)
    assert not preview.is_ok
    assert preview.errors[0].code == code
    assert preview.errors[0].message


def test_import_arrives_as_a_draft_and_off(flow_editor: User) -> None:
    actor = Actor.of_user(flow_editor)
    document = preview_import(actor, raw()).document
    assert document is not None
    flow = import_flow(actor=actor, document=document)
    assert (flow.name, flow.is_enabled, flow.published_id) == ("From a stranger", False, None)
    assert flow.tenant_id == flow_editor.tenant_id


def test_export_import_export_is_byte_identical(flow_editor: User) -> None:
    actor = Actor.of_user(flow_editor)
    document = preview_import(actor, raw()).document
    assert document is not None
    name, first = export_flow(import_flow(actor=actor, document=document))
    again = preview_import(actor, first).document
    assert again is not None
    assert name == "from-a-stranger.json"
    assert export_flow(import_flow(actor=actor, document=again))[1] == first


def test_viewer_may_not_preview(viewer: User) -> None:
    with pytest.raises(Problem) as refused:
        preview_import(Actor.of_user(viewer), raw())
    assert refused.value.status == 403


@pytest.mark.parametrize(("name", "file"), [("Welcome, new Servers!", "welcome-new-servers"), ("ÄÖ", "flow")])
def test_file_names_are_plain(name: str, file: str) -> None:
    assert file_name(name) == file
