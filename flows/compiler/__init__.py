"""Document to plan, or every problem."""

from flows.compiler.compile import Compilation, NodeShapes, compile_document
from flows.compiler.environment import CompileEnvironment
from flows.compiler.plan import Plan, PlannedNode
from flows.compiler.problems import Problem
from flows.compiler.wiring import Refusal, possible_sources, possible_targets

__all__ = [
    "Compilation",
    "CompileEnvironment",
    "NodeShapes",
    "Plan",
    "PlannedNode",
    "Problem",
    "Refusal",
    "compile_document",
    "possible_sources",
    "possible_targets",
]
