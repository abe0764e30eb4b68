"""Templates and field paths: what stands between double braces, and what it may do."""

from flows.expressions.builder import Reference
from flows.expressions.configs import CompiledConfig, ConfigError, FoundSlot, SlotProblem, compile_config
from flows.expressions.errors import TemplateError
from flows.expressions.slots import CompiledSlot, compile_slot

__all__ = [
    "CompiledConfig",
    "CompiledSlot",
    "ConfigError",
    "FoundSlot",
    "Reference",
    "SlotProblem",
    "TemplateError",
    "compile_config",
    "compile_slot",
]
