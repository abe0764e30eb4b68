"""Documents go out and come back the same."""

import json
from copy import deepcopy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from flows.graph import DocumentError, FlowDocument, document_json, read_document, write_document
from tests.flows.graph.make_malformed import GOOD

IDS = ["a", "b-1", "c_2", "Z9", "n10", "n9"]
visible = st.characters(
    categories=["L", "N", "P", "S"], exclude_characters="\u3164\u2800\u034f\u115f\u1160\uffa0"
)
names = st.text(visible, min_size=1, max_size=8)
scalars = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(max_size=8)
plain = st.recursive(
    scalars | st.floats(allow_nan=False, allow_infinity=False, min_value=-1e18, max_value=1e18),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)


def clean(value: Any) -> Any:
    """Without what JSON texts may not hold."""
    return json.loads(json.dumps(value).replace("\\u0000", ""))


@st.composite
def raw_documents(draw: st.DrawFn) -> dict[str, Any]:
    ids = draw(st.lists(st.sampled_from(IDS), unique=True, max_size=4))
    nodes = [
        {
            "id": node_id,
            "type": draw(st.sampled_from(["filter", "event", "send-mail"])),
            "name": draw(names),
            "config": draw(st.dictionaries(st.text(max_size=4), plain, max_size=2)),
            "position": {"x": draw(st.floats(-1e6, 1e6)), "y": draw(st.integers(-1000, 1000))},
            "settings": draw(
                st.sampled_from([{}, {"timeout": "5m"}, {"retry": {"attempts": 3, "factor": 1.5}}])
            ),
        }
        for node_id in ids
    ]
    pairs = st.tuples(st.sampled_from(ids), st.sampled_from(["out", "true"]), st.sampled_from(ids))
    edges = draw(st.lists(pairs, unique=True, max_size=4)) if ids else []
    return clean(
        {
            "format": "hookflow/flow",
            "version": 1,
            "name": draw(names),
            "nodes": nodes,
            "edges": [{"from": a, "port": p, "to": b} for a, p, b in edges],
        }
    )


@given(raw_documents())
def test_export_import_export_is_byte_identical(raw: dict[str, Any]) -> None:
    first = write_document(read_document(raw))
    assert write_document(read_document(json.loads(first))) == first


@given(raw_documents(), st.randoms(use_true_random=False))
def test_order_without_meaning_leaves_no_trace(raw: dict[str, Any], random: Any) -> None:
    mixed = deepcopy(raw)
    random.shuffle(mixed["nodes"])
    for node in mixed["nodes"]:
        node["config"] = dict(sorted(node["config"].items(), reverse=True))
    assert write_document(read_document(mixed)) == write_document(read_document(raw))


@given(plain)
def test_any_json_is_a_document_or_a_document_error(raw: Any) -> None:
    try:
        assert isinstance(read_document(raw), FlowDocument)
    except DocumentError:
        return


def test_order_of_the_edges_of_one_port_is_kept() -> None:
    raw = deepcopy(GOOD)
    raw["nodes"] += [{"id": name, "type": "sleep", "name": name} for name in ("a", "b")]
    raw["edges"] = [{"from": "t", "port": "out", "to": name} for name in ("m", "b", "a")]
    assert [edge["to"] for edge in document_json(read_document(raw))["edges"]] == ["m", "b", "a"]


def test_names_that_look_equal_become_equal() -> None:
    composed, decomposed = deepcopy(GOOD), deepcopy(GOOD)
    composed["name"], decomposed["name"] = "Gr\u00fc\u00dfe", "Gru\u0308\u00dfe"
    assert read_document(composed).name == read_document(decomposed).name


def test_settings_survive() -> None:
    document = read_document(GOOD)
    retry = document.nodes[1].settings.retry
    assert retry is not None
    assert (retry.attempts, retry.first, retry.factor, retry.cap) == (3, "10s", 2, "1h")
    assert document.nodes[1].settings.timeout_seconds == 30
    assert document.settings.concurrency.limit == 50
