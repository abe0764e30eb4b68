"""The implementations of the original that are built in: what each does here. Their paths stand in `table`."""

from collections.abc import Awaitable, Callable
from typing import Final

from flows.sdk import Json, JsonObject, NodeContext
from hooks.services.builtins.execute_as_workflow import execute_as_workflow
from hooks.services.builtins.run_workflow import run_workflow
from hooks.services.builtins.table import Builtin
from hooks.services.traps import send_snmp_trap

Carried = Callable[[NodeContext, JsonObject, JsonObject], Awaitable[Json]]
"""Takes the context of the event and the keyword arguments of the original; gives what the function returned."""


_BUILTINS: Final[dict[Builtin, Carried]] = {
    "run_workflow": run_workflow,
    "execute_as_workflow": execute_as_workflow,
    "send_snmp_trap": send_snmp_trap,
}


async def carry_out_builtin(
    builtin: Builtin, ctx: NodeContext, context: JsonObject, inputs: JsonObject
) -> Json:
    """Do what is built in; what it gives.

    Args:
        context: of the event, as the original hands it over.
        inputs: the keyword arguments of the original.

    Raises:
        NodeError: `bad_inputs`, and those of each.
    """
    return await _BUILTINS[builtin](ctx, context, inputs)
