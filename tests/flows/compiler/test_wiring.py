"""No invalid wire can exist: the editor's answer and the compiler's are one."""

import time
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from flows.compiler import Refusal, compile_document, possible_sources, possible_targets
from flows.compiler.wiring import Wiring
from flows.graph import DocumentEdge, FlowDocument
from tests.flows.compiler.nodes import Installation, drawn

ENVIRONMENT = Installation()
WIRING = frozenset(
    {
        "unknown_node",
        "self_edge",
        "trigger_has_no_input",
        "unknown_port",
        "duplicate_edge",
        "input_taken",
        "cycle",
        "no_trigger",
        "second_trigger",
        "unreachable",
    }
)
PORTS = ["out", "true", "false", "error", "nope"]


def refusal_of(document: FlowDocument, source: str, port: str, target: str) -> Refusal | None:
    return Wiring(document, ENVIRONMENT).refusal_of_new(DocumentEdge(source, port, target))


def wiring_problems(document: FlowDocument) -> list[Any]:
    problems = compile_document(document, ENVIRONMENT).problems
    return [(p.code, p.node, p.edge) for p in problems if p.code in WIRING]


@st.composite
def documents(draw: st.DrawFn) -> FlowDocument:
    ids = "abcdef"[: draw(st.integers(1, 6))]
    kinds = st.sampled_from(["event", "manual", "filter", "send", "gone-type"])
    edge = st.tuples(st.sampled_from(ids), st.sampled_from(PORTS), st.sampled_from(ids + "z"))
    edges = draw(st.lists(edge, max_size=7))
    return drawn({node_id: draw(kinds) for node_id in ids}, *(f"{a}.{port}>{b}" for a, port, b in edges))


@given(documents())
@settings(max_examples=40, deadline=None)
def test_wire_is_allowed_exactly_when_it_adds_no_wiring_problem(document: FlowDocument) -> None:
    before = wiring_problems(document)
    for source in document.nodes:
        for port in PORTS:
            for target in document.nodes:
                edge = DocumentEdge(source.id, port, target.id)
                after = wiring_problems(replace(document, edges=(*document.edges, edge)))
                added = [problem for problem in after if after.count(problem) > before.count(problem)]
                refusal = refusal_of(document, source.id, port, target.id)
                assert (refusal is None) == (not added), (edge, refusal, added)
                assert refusal is None or refusal.code in {code for code, _, _ in added}


@given(documents())
@settings(max_examples=60, deadline=None)
def test_listings_say_what_the_single_question_says(document: FlowDocument) -> None:
    for node in document.nodes:
        for target, refusal in possible_targets(document, node.id, "out", ENVIRONMENT).items():
            assert refusal == refusal_of(document, node.id, "out", target)
        for source, ports in possible_sources(document, node.id, ENVIRONMENT).items():
            for port, refusal in ports.items():
                assert refusal == refusal_of(document, source, port, node.id)


@given(documents())
@settings(max_examples=100, deadline=None)
def test_problems_do_not_depend_on_the_order_of_nodes(document: FlowDocument) -> None:
    turned = replace(document, nodes=document.nodes[::-1])
    codes = sorted(code for code, _, _ in wiring_problems(document))
    assert sorted(code for code, _, _ in wiring_problems(turned)) == codes


def test_every_refusal_says_why_and_what_to_do() -> None:
    document = drawn({"t": "event", "f": "filter", "s": "send"}, "t.out>f", "f.true>s")
    for target, refusal in possible_targets(document, "s", "out", ENVIRONMENT).items():
        assert refusal is not None, target
        assert refusal.message.endswith(".")
        assert refusal.hint


def test_listing_a_large_flow_is_quick() -> None:
    nodes: dict[str, Any] = {"t": "event"} | {f"n{i}": "send" for i in range(1999)}
    document = drawn(nodes, "t.out>n0", *(f"n{i}.out>n{i + 1}" for i in range(1500)))
    began = time.process_time()
    answer = possible_targets(document, "n1500", "out", ENVIRONMENT)
    assert next(target for target, refusal in answer.items() if refusal is None) == "n1501"
    assert time.process_time() - began < 2
