"""What an implementation is: built in, of an installed plugin, or a function of a module that the admin named.

It is found without importing it; whether the function is there shows when it is called, in a process of its own.
The texts of what is missing are the original's.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from accounts.models import Tenant
from common.problems import Problem, bad_value, forbidden
from flows.conf import names
from hooks.services.builtins.table import BUILTINS, Builtin
from hooks.services.finding import find
from hooks.services.plugins import Plugin, is_within, plugin_called

MOST_LENGTH: Final = 300
EVERYONE: Final = "*"
_PACKAGE: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?")
_FIELD: Final = "implementation"


@dataclass(frozen=True, slots=True)
class Resolved:
    """An implementation that may be called.

    Args:
        implementation: as it was written.
        module: where the function is; empty for what is built in.
        folder: where the module's outermost package lies; None: where Python itself looks.
        allowed: the modules whose functions may be called by this name.
        package: name and version of the plugin that it came with.
    """

    kind: Literal["builtin", "plugin", "module"]
    implementation: str
    builtin: Builtin | None = None
    module: str = ""
    function: str = ""
    folder: Path | None = None
    allowed: tuple[str, ...] = ()
    package: tuple[str, str] | None = None

    @property
    def is_foreign(self) -> bool:
        """Whether it is code that did not come with this program."""
        return self.kind != "builtin"


def resolve(implementation: str) -> Resolved | Problem:
    """What would be called, or why nothing can be.

    Problems: `bad_implementation`, `function_not_found`, `function_not_allowed`.
    """
    builtin = BUILTINS.get(implementation)
    if builtin is not None:
        return Resolved("builtin", implementation, builtin=builtin)
    package, _, task = implementation.partition(".")
    if len(implementation) > MOST_LENGTH or not _PACKAGE.fullmatch(package):
        return _malformed(implementation)
    plugin = plugin_called(package)
    if plugin is not None:
        return _of_plugin(implementation, plugin, task)
    if not _is_plain(package) and (parts := _parts(task)):
        return _missing(f"{package}.{parts[0]}", f"no plugin called {package} is installed")
    return _of_module(implementation)


def may_call(resolved: Resolved, owner_id: int | None) -> bool:
    """Whether flows of this owner may call it; None is the platform.

    What runs code of others on the workers' machines, or files of the platform's admin, is for flows of the platform
    and of the tenants that its admin named.
    """
    if owner_id is None or resolved.builtin in ("run_workflow", "send_snmp_trap"):
        return True
    chosen = names("HOOK_TENANTS")
    if EVERYONE in chosen:
        return True
    return bool(chosen) and Tenant.objects.filter(pk=owner_id, slug__in=chosen).exists()


def refusal(resolved: Resolved) -> Problem:
    """What the owner of a flow is told who may not call it."""
    return forbidden(
        "function_not_allowed",
        f"The owner of this flow may not call {resolved.implementation}.",
        hint="Ask the platform's admin: HOOKFLOW_HOOK_TENANTS names the tenants whose flows may.",
        field=_FIELD,
    )


def _of_plugin(implementation: str, plugin: Plugin, task: str) -> Resolved | Problem:
    parts = _parts(task)
    if parts is None:
        return _malformed(implementation)
    module, function = parts
    found = plugin.find(module)
    if found is None or found.is_own:
        return _missing(module, f"it is not installed with {plugin.name} {plugin.version}")
    if not plugin.offers_task(module, function):
        return _missing(module, f"{plugin.name} {plugin.version} offers hooks {', '.join(plugin.offers)}")
    return Resolved(
        "plugin",
        implementation,
        module=module,
        function=function,
        folder=found.folder,
        allowed=plugin.modules,
        package=(plugin.name, plugin.version),
    )


def _of_module(implementation: str) -> Resolved | Problem:
    parts = _parts(implementation)
    if parts is None:
        return _malformed(implementation)
    module, function = parts
    allowed = names("HOOK_MODULES")
    if not any(is_within(module, one) for one in allowed):
        return forbidden(
            "function_not_allowed",
            f"Hooks may not call functions of {module}: it is neither an installed plugin nor an allowed module.",
            hint="The platform's admin installs plugins, and names modules in HOOKFLOW_HOOK_MODULES.",
            field=_FIELD,
        )
    found = find(module)
    if found is None or found.is_own:
        return _missing(module, "it is not installed")
    return Resolved(
        "module",
        implementation,
        module=module,
        function=function,
        folder=found.folder,
        allowed=tuple(one for one in allowed if is_within(module, one)),
    )


def _parts(path: str) -> tuple[str, str] | None:
    """Module and function of a dotted path of plain names."""
    parts = path.split(".")
    if len(parts) < 2 or not all(_is_plain(part) for part in parts):
        return None
    return ".".join(parts[:-1]), parts[-1]


def _is_plain(part: str) -> bool:
    return part.isascii() and part.isidentifier() and not part.startswith("__")


def _malformed(implementation: str) -> Problem:
    return bad_value(
        "bad_implementation",
        f"{implementation[:MOST_LENGTH]!r} is no function: write module.function, or package.module.function.",
        hint="Names of letters, digits and _, with dots between them.",
        field=_FIELD,
    )


def _missing(module: str, why: str) -> Problem:
    return bad_value(
        "function_not_found",
        f"No module named {module} ({why})",
        hint="Install it for every process of hookflow, and start them again.",
        field=_FIELD,
    )
