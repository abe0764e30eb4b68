"""Modify server: change a server of the platform."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from accounts.actors import Actor
from flows.sdk import (
    Emit,
    Json,
    JsonObject,
    Kind,
    Node,
    NodeContext,
    NodeError,
    NodeMeta,
    Record,
    Result,
    Shape,
    Wake,
    node,
)
from flows.sdk.summaries import joined, label_of
from inventory.models import Server
from inventory.modify_server_config import (
    GENERAL,
    HIGH_AVAILABILITY,
    LEAVE,
    NETWORK,
    POWER,
    UNMANAGED,
    ModifyServerConfig,
)
from inventory.node_support import acting, needed_decimal, needed_number, needed_text, told_as_node_error
from inventory.services import server_changes
from inventory.services.effects import once, rehearsed, result_of
from inventory.services.gate import passed
from inventory.services.ipam import Family
from inventory.services.machine_of import check_ended, machine_of, waiting
from inventory.services.machines import Machine

Change = Callable[[Server, ModifyServerConfig, Actor], JsonObject]


def _set_note(server: Server, config: ModifyServerConfig, actor: Actor) -> JsonObject:
    return server_changes.set_note(server, needed_text(config.note, "note", _instead("note")), actor=actor)


def _clear_note(server: Server, config: ModifyServerConfig, actor: Actor) -> JsonObject:
    return server_changes.set_note(server, "", actor=actor)


def _set_hostname(server: Server, config: ModifyServerConfig, actor: Actor) -> JsonObject:
    return server_changes.set_hostname(server, needed_text(config.hostname, "hostname").strip(), actor=actor)


def _change_vlan_tag(server: Server, config: ModifyServerConfig, actor: Actor) -> JsonObject:
    vlan_tag = needed_number(config.vlan_tag, "vlan_tag", _instead("vlan_tag"))
    return server_changes.change_vlan_tag(server, vlan_tag, actor=actor)


def _remove_vlan_tag(server: Server, config: ModifyServerConfig, actor: Actor) -> JsonObject:
    return server_changes.change_vlan_tag(server, None, actor=actor)


def _change_rate_limit(server: Server, config: ModifyServerConfig, actor: Actor) -> JsonObject:
    rate_limit = needed_decimal(config.rate_limit, "rate_limit", _instead("rate_limit"))
    return server_changes.change_rate_limit(server, rate_limit, actor=actor)


def _remove_rate_limit(server: Server, config: ModifyServerConfig, actor: Actor) -> JsonObject:
    return server_changes.change_rate_limit(server, None, actor=actor)


def _assign_ipv4(server: Server, config: ModifyServerConfig, actor: Actor) -> JsonObject:
    return server_changes.assign_address(
        server, Family.ipv4, needed_number(config.ipv4_id, "ipv4_id"), actor=actor
    )


def _assign_ipv6(server: Server, config: ModifyServerConfig, actor: Actor) -> JsonObject:
    return server_changes.assign_address(
        server, Family.ipv6, needed_number(config.ipv6_id, "ipv6_id"), actor=actor
    )


def _set_high_availability(server: Server, config: ModifyServerConfig, actor: Actor) -> JsonObject:
    values: dict[str, Any] = {}
    if config.ha_status != LEAVE:
        values["ha_status"] = "" if config.ha_status == UNMANAGED else config.ha_status
    if config.clear_group:
        values["ha_group"] = ""
    elif config.group != "":
        values["ha_group"] = needed_text(config.group, "group", _instead("group"))
    for name in ("max_relocate", "max_restart"):
        given = getattr(config, name)
        if given != "":
            values[name] = needed_number(given, name, "Leave the field empty to leave it as it is.")
    if not values:
        raise NodeError(
            "missing_value", NOTHING[1], hint="Check the fields that the templates name.", field=NOTHING[0]
        )
    return server_changes.set_high_availability(server, values, actor=actor)


CHANGES: dict[str, Change] = {
    "set-note": _set_note,
    "clear-note": _clear_note,
    "set-hostname": _set_hostname,
    "change-vlan-tag": _change_vlan_tag,
    "remove-vlan-tag": _remove_vlan_tag,
    "change-rate-limit": _change_rate_limit,
    "remove-rate-limit": _remove_rate_limit,
    "assign-ipv4": _assign_ipv4,
    "assign-ipv6": _assign_ipv6,
    "set-high-availability": _set_high_availability,
}
NEEDED = {
    "set-note": "note",
    "set-hostname": "hostname",
    "change-vlan-tag": "vlan_tag",
    "change-rate-limit": "rate_limit",
    "assign-ipv4": "ipv4_id",
    "assign-ipv6": "ipv6_id",
}
"""The field that an action cannot do without."""
HA_SETTINGS = ("ha_status", "clear_group", "group", "max_relocate", "max_restart")
NOTHING = ("ha_status", "Nothing is given that would be changed.")
INSTEAD = {
    "note": "To empty the note, choose the action “Clear note”.",
    "vlan_tag": "To take the tag off, choose the action “Remove VLAN tag”.",
    "rate_limit": "To lift the limit, choose the action “Remove rate limit”.",
    "group": "To take the server out of its group, switch on “Clear the group”.",
}
FIELDS = {"ip": "ipv4_id", "ip6": "ipv6_id", "ha_group": "group"}
"""Where the config calls a column of the server something else."""


def _instead(field: str) -> str:
    return INSTEAD[field]


@node
class ModifyServer(Node):
    """Makes one change, once however often the step is repeated."""

    meta = NodeMeta(
        type="modify-server",
        kind=Kind.ACTION,
        label="Modify server",
        summary="Change the note, the network or the high availability of a server.",
        icon="server-cog",
        unset="No server chosen",
        version=2,
        durable=True,
        blocking=True,
        outside=True,
    )
    Config = ModifyServerConfig

    def summary(self, config: ModifyServerConfig) -> str:
        field = {GENERAL: "general_action", NETWORK: "network_action", POWER: "power_action"}.get(
            config.component, "component"
        )
        return joined(f"{label_of(config, field)}, server", config.server_id)

    def upgrade(self, version: int, config: JsonObject) -> JsonObject:
        """Version 1 wrote “Not managed” as an empty text.

        Where it emptied a note, a tag or a limit because a field was left empty, nothing is made of that: nobody
        can tell what was meant, so the compiler asks.
        """
        return {**config, "ha_status": UNMANAGED} if config.get("ha_status") == "" else config

    def check(self, config: ModifyServerConfig, upstream: Shape) -> list[tuple[str, str, str]]:
        """What the chosen action cannot do without; a node that would change nothing."""
        if config.component == HIGH_AVAILABILITY:
            if config.ha_status == LEAVE and not config.clear_group and not _given(config, HA_SETTINGS[2:]):
                return [(*NOTHING, "Choose a status, or fill in one of the others.")]
            return []
        field = NEEDED.get(config.action)
        if field is None or _given(config, (field,)):
            return []
        hint = (
            f"Fill it in. {INSTEAD[field]}" if field in INSTEAD else "Fill it in, or choose another action."
        )
        return [(field, "This is needed for the chosen action.", hint)]

    def run(self, ctx: NodeContext, config: ModifyServerConfig, record: Record) -> Result:
        """Make the change; where the machine is in reach, there first. Pass the record on.

        Raises:
            NodeError: `unknown_server`, `unknown_address`, `address_taken`, `no_interface`, `invalid`,
                `not_a_number`, `missing_value`, `no_machine`, and those of the machine.
        """
        change = self._change(ctx, config)
        with told_as_node_error(FIELDS):
            machine = machine_of(ctx, change.server())
            if machine is None:
                return change.finish(None, record)
            if result_of(ctx.idempotency_key) is None:
                if config.component == POWER:
                    server_changes.check_power(change.server(), actor=change.actor)
                task = machine.apply(config.action, rehearsed(change.apply))
                if task is not None:
                    return waiting(machine, task, ctx.clock.now())
            return change.finish(machine, record)

    def resume(self, ctx: NodeContext, config: ModifyServerConfig, record: Record, wake: Wake) -> Result:
        """Look whether Proxmox is done, and make the change here too when it is.

        Raises:
            NodeError: `task_failed`, `task_too_slow`, and those of `run`.
        """
        change = self._change(ctx, config)
        with told_as_node_error(FIELDS):
            machine = machine_of(ctx, change.server())
            if machine is None:
                raise _no_machine()
            task = str(wake.detail["upid"])
            ended = machine.api.task(str(wake.detail["node"]), task)
            if ended is None:
                return waiting(machine, task, ctx.clock.now(), wake.since)
            try:
                check_ended(ended)
            except NodeError:
                change.tell(machine, has_restarted=False)
                raise
            with passed(
                change.server_id
            ):  # Proxmox has made the change: it began before anybody held the server
                return change.finish(machine, record)

    def _change(self, ctx: NodeContext, config: ModifyServerConfig) -> "_Change":
        return _Change(ctx, config, needed_number(config.server_id, "server_id"), acting(ctx))

    def preview(self, config: ModifyServerConfig, record: Record) -> Json:
        needed = NEEDED.get(config.action)
        names = HA_SETTINGS if config.component == HIGH_AVAILABILITY else (needed,) if needed else ()
        settings = {name: getattr(config, name) for name in names}
        return {"modify_server": config.server_id, "action": config.action, **settings}


def _given(config: ModifyServerConfig, names: Iterable[str]) -> bool:
    return any(str(getattr(config, name) or "").strip() or getattr(config, name) == 0 for name in names)


@dataclass(frozen=True, slots=True)
class _Change:
    """The change of one step."""

    ctx: NodeContext
    config: ModifyServerConfig
    server_id: int
    actor: Actor

    def server(self) -> Server:
        return server_changes.server_of(self.server_id, actor=self.actor)

    def apply(self) -> JsonObject:
        """Make it in our tables."""
        change = CHANGES.get(self.config.action)
        return change(self.server(), self.config, self.actor) if change else {}

    def finish(self, machine: Machine | None, record: Record) -> Emit:
        """Make it in our tables, once, together with what became of the machine's power."""
        if machine is None and self.config.component == POWER:
            raise _no_machine()
        status = machine.status() if machine else None
        restarted = self.config.action == "reboot"

        def effect() -> JsonObject:
            done = self.apply()
            told = server_changes.tell_status(
                self.server(), status, has_restarted=restarted, actor=self.actor
            )
            return {**done, **told}

        done = once(self.ctx.idempotency_key, effect)
        self.ctx.log.info(f"Server {self.server_id}: {self.config.action}: {done}")
        return Emit("out", record)

    def tell(self, machine: Machine, *, has_restarted: bool) -> None:
        """Write the power state of the machine down."""
        server_changes.tell_status(
            self.server(), machine.status(), has_restarted=has_restarted, actor=self.actor
        )


def _no_machine() -> NodeError:
    return NodeError(
        "no_machine",
        "The server's node is not in the table of Proxmox nodes, so its machine is out of reach.",
        hint="Add the node, with a credential of the flow's owner.",
        field="server_id",
    )
