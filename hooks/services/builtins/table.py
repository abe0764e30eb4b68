"""Implementations that are built in, by the path by which a hooks.conf knows them."""

from typing import Final, Literal

Builtin = Literal["run_workflow", "execute_as_workflow", "send_snmp_trap"]

BUILTINS: Final[dict[str, Builtin]] = {
    "cloudify-utilities-plugin.cloudify_hooks_workflow.tasks.run_workflow": "run_workflow",
    "cloudify-utilities-plugin.cloudify_rest.tasks.execute_as_workflow": "execute_as_workflow",
    "cloudify.snmp.snmp_trap.send_snmp_trap": "send_snmp_trap",
}
