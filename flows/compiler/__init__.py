"""Document to plan, or every problem."""

from flows.compiler.compile import Compilation, NodeShapes, compile_document
from flows.compiler.environment import CompileEnvironment
from flows.compiler.findings import Finding
from flows.compiler.plan import Plan, PlannedNode
from flows.compiler.wiring import Refusal, possible_sources, possible_targets

__all__ = [
    "Compilation",
    "CompileEnvironment",
    "Finding",
    "NodeShapes",
    "Plan",
    "PlannedNode",
    "Refusal",
    "compile_document",
    "possible_sources",
    "possible_targets",
]
