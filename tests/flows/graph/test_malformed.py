"""Strangers' files: whatever is wrong with one is said, with its place."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from common.strict_json import BadJson, loads
from flows.graph import DocumentError, FlowDocument, read_document
from flows.graph.limits import MAX_DEPTH, MAX_VALUES
from flows.sdk.config_errors import LocatedError
from tests.flows.graph.make_malformed import GOOD, HERE, cases

EXPECTED: dict[str, dict[str, str]] = json.loads((HERE / "expected.json").read_text())


def read_file(data: bytes) -> FlowDocument:
    """Both readings of an import: strict JSON, then a flow."""
    try:
        return read_document(loads(data, max_depth=MAX_DEPTH, max_nodes=MAX_VALUES))
    except BadJson as error:
        path = error.path.replace("[", ".").replace("]", "").removeprefix(".")
        raise DocumentError([LocatedError(path[:200], error.code, error.message, error.hint)]) from None


def errors_of(data: bytes) -> dict[tuple[str, str], str]:
    with pytest.raises(DocumentError) as caught:
        read_file(data)
    for error in caught.value.errors:
        assert error.message.endswith((".", "?"))
        assert error.code == error.code.lower()
        assert len(error.message) < 400
    return {(error.path, error.code): error.message for error in caught.value.errors}


def test_corpus_holds_what_its_script_writes() -> None:
    assert len(EXPECTED) >= 60
    assert {path.name for path in HERE.glob("*.json")} == {*EXPECTED, "expected.json"}
    for name, (data, _, _) in cases().items():
        assert (HERE / f"{name}.json").read_bytes() == data


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_malformed_file_gets_a_located_message(name: str) -> None:
    found = errors_of(Path(HERE / name).read_bytes())
    assert (EXPECTED[name]["path"], EXPECTED[name]["code"]) in found, found


def test_the_flow_that_the_corpus_spoils_is_good() -> None:
    assert read_file(json.dumps(GOOD).encode()).name == "Welcome"


def node(index: int) -> dict[str, Any]:
    return {"id": f"n{index}", "type": "filter", "name": "F"}


@pytest.mark.parametrize(
    ("change", "path", "code"),
    [
        ({"nodes": [node(i) for i in range(2001)]}, "nodes", "too_many"),
        ({"edges": [{"from": "t", "port": "out", "to": "m"}] * 10_001}, "edges", "too_many"),
        ({"description": "x" * 16_385}, "description", "too_long"),
    ],
)
def test_what_is_too_much_is_refused(change: dict[str, Any], path: str, code: str) -> None:
    assert (path, code) in errors_of(json.dumps({**GOOD, **change}).encode())


@pytest.mark.parametrize("bomb", [b"[" * 100_000, b'{"a":' * 100_000, b'{"nodes":' + b"[" * 4_000_000])
def test_deep_nesting_is_refused_at_once(bomb: bytes) -> None:
    began = time.process_time()
    assert any(code == "too_deep" for _, code in errors_of(bomb))
    assert time.process_time() - began < 1


def test_many_errors_are_cut_at_a_hundred() -> None:
    raw = {**GOOD, "nodes": [{"id": "", "type": "", "name": ""} for _ in range(500)]}
    with pytest.raises(DocumentError) as caught:
        read_file(json.dumps(raw).encode())
    assert len(caught.value.errors) == 100


def test_all_errors_come_at_once() -> None:
    raw = json.loads(json.dumps(GOOD))
    raw["naem"] = raw.pop("name")
    raw["nodes"][0]["typeVersion"] = "1"
    raw["edges"][0]["to"] = "ghost"
    found = errors_of(json.dumps(raw).encode())
    assert {("name", "missing_key"), ("naem", "unknown_key")} <= found.keys()
    assert {("nodes.0.typeVersion", "wrong_type"), ("edges.0.to", "unknown_node")} <= found.keys()


def test_a_misspelt_key_gets_the_nearest() -> None:
    raw = json.loads(json.dumps(GOOD))
    raw["nodes"][0]["typeVerison"] = 1
    with pytest.raises(DocumentError) as caught:
        read_document(raw)
    (error,) = caught.value.errors
    assert (error.path, error.hint) == ("nodes.0.typeVerison", "Did you mean “typeVersion”?")


def test_very_many_unknown_keys_are_refused_soon() -> None:
    raw = {**GOOD, **{f"key{number}": 1 for number in range(100_000)}}
    began = time.process_time()
    with pytest.raises(DocumentError):
        read_document(raw)
    assert time.process_time() - began < 2  # 0.3 s on an idle machine


def test_sentences_name_the_field_as_its_form_does() -> None:
    raw = json.loads(json.dumps(GOOD))
    raw["nodes"][1]["settings"]["retry"] = {"attempts": 0, "factor": 1000}
    with pytest.raises(DocumentError) as caught:
        read_document(raw)
    assert [f"{error.message} {error.hint}" for error in caught.value.errors] == [
        "“Tries altogether” is too small. It must be at least 1.",
        "“Factor” is too large. It must be at most 100.",
    ]


@pytest.mark.parametrize(("written", "read"), [(3.0, 3), (3, 3)])
def test_a_whole_number_may_be_written_as_a_fraction(written: float, read: int) -> None:
    raw = json.loads(json.dumps(GOOD))
    raw["nodes"][0]["typeVersion"] = raw["settings"]["concurrency"]["limit"] = written
    document = read_document(raw)
    found = (document.nodes[0].type_version, document.settings.concurrency.limit)
    assert found == (read, read)
    assert {type(number) for number in found} == {int}
