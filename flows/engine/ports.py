"""Whether a node gave an answer that its type declares."""

from dataclasses import asdict
from datetime import datetime

import orjson

from flows.compiler.plan import PlannedNode
from flows.sdk import Emit, JsonObject, Node, NodeError, Result, Review, Suspend
from flows.sdk.results import MAX_DETAIL_BYTES, MAX_REVIEW_BYTES


def check_answer(node: PlannedNode, result: Result) -> None:
    """Refuse what the node type does not declare, at the moment of the answer: a wait that would end behind an unknown
    port is a fault now, not when its time has come.

    Raises:
        NodeError: `unexpected`: a fault of the node type.
    """
    ports = [port.name for port in node.meta.ports]
    said = _fault(node, ports, result)
    if said:
        raise _unexpected(node, said, f"It declares {', '.join(ports)}.")


def check_kept(node: PlannedNode, error: NodeError) -> None:
    """Refuse a failure that leaves the next try what cannot be kept, or to a type that could not take it.

    Raises:
        NodeError: `unexpected`: a fault of the node type.
    """
    said = _fault_of_detail(dict(error.keeps))
    if error.keeps and type(node.node).resume is Node.resume:
        said = "a failure after which it would be called again, and has no `resume`"
    if said:
        raise _unexpected(node, said, f"The failure was: {error.message}") from error


def _unexpected(node: PlannedNode, said: str, more: str) -> NodeError:
    return NodeError(
        "unexpected",
        f"{node.name!r} answered with {said}.",
        hint=f"This is a fault of the node type {node.type!r}. {more}",
    )


def _fault(node: PlannedNode, ports: list[str], result: Result) -> str:
    match result:
        case Suspend() if fault := _fault_of_end(node, result):
            return fault
        case Emit(port=port) | Suspend(on_time=port) if port is not None and port not in ports:
            return f"the port {port!r}, which its type does not have"
        case Suspend(answers=answers) if unknown := set(answers) - set(ports):
            return f"a wait that ends behind {sorted(unknown)}, which its type does not have"
        case Suspend(detail=detail) if detail:
            return _fault_of_detail(dict(detail))
        case Emit() | Suspend():
            return ""
        case _:
            return f"{type(result).__name__}, which is neither Emit nor Suspend"


def _fault_of_end(node: PlannedNode, wait: Suspend) -> str:
    if wait.on_time is None and wait.until is None and not wait.answers and wait.review is None:
        return "a wait that nothing ends"
    if wait.callback and not wait.answers:
        return "a wait for a callback that may choose no port"
    is_called_again = wait.on_time is None or wait.callback or wait.review is not None
    if is_called_again and type(node.node).resume is Node.resume:
        return "a wait after which it would be called again, and has no `resume`"
    return _fault_of_review(wait.review, wait.until) if wait.review is not None else ""


def _fault_of_review(review: Review, until: datetime | None) -> str:
    if until is not None:
        return "a review that ends by itself, which is for its policy to say"
    try:
        size = len(orjson.dumps(asdict(review)))
    except TypeError:
        return "a review that is not plain JSON"
    if size > MAX_REVIEW_BYTES:
        return f"a review of {size:,} bytes, where {MAX_REVIEW_BYTES:,} is the most"
    return ""


def _fault_of_detail(detail: JsonObject) -> str:
    try:
        size = len(orjson.dumps(detail))
    except TypeError:
        return "a detail that is not plain JSON"
    if size > MAX_DETAIL_BYTES:
        return f"a detail of {size:,} bytes, where {MAX_DETAIL_BYTES:,} is the most"
    return ""
