"""Whether a node answered behind a port that its type has."""

from flows.compiler.plan import PlannedNode
from flows.sdk import Emit, NodeError, Result, Suspend


def check_answer(node: PlannedNode, result: Result) -> None:
    """Refuse what the node type does not declare, at the moment of the answer: a wait that would end behind an unknown
    port is a fault now, not when its time has come.

    Raises:
        NodeError: `unexpected`: a fault of the node type.
    """
    ports = [port.name for port in node.meta.ports]
    match result:
        case Emit(port=port) | Suspend(on_time=port):
            if port in ports:
                return
            said = f"{node.name!r} answered with the port {port!r}, which its type does not have."
        case _:
            said = f"{node.name!r} answered with {type(result).__name__}, which is neither Emit nor Suspend."
    raise NodeError(
        "unexpected",
        said,
        hint=f"This is a fault of the node type {node.type!r}. It declares {', '.join(ports)}.",
    )
