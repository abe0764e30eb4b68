"""What the editor offers to call."""

from common.problems import Problem
from flows.sdk import Choice
from flows.sdk.choices import MOST_CHOICES
from hooks.services.builtins.table import BUILTINS
from hooks.services.plugins import plugins
from hooks.services.resolving import may_call, resolve


def implementations(owner_id: int | None, search: str) -> list[Choice]:
    """What is built in and the functions of plugins, as far as flows of this owner may call them. Functions of allowed
    modules are written by hand."""
    found = [Choice(path, path, "Built in") for path in BUILTINS]
    found += [
        Choice(task, task, f"{plugin.name} {plugin.version}")
        for plugin in plugins()
        for task in plugin.tasks()
    ]
    wanted = search.strip().lower()
    return [one for one in found if wanted in one.label.lower() and _is_usable(one.label, owner_id)][
        :MOST_CHOICES
    ]


def _is_usable(implementation: str, owner_id: int | None) -> bool:
    resolved = resolve(implementation)
    return not isinstance(resolved, Problem) and may_call(resolved, owner_id)
