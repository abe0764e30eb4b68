"""Writing servers: their addresses, interfaces and charges, and the events of their life."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone

from accounts.actors import Actor
from common.problems import bad_value, conflict
from flows.sdk import JsonObject
from inventory.columns import plain
from inventory.models import IPv4Address, IPv6Address, NetworkInterface, ProxmoxNode, Server, ServerCharge
from inventory.services import gate, ipam
from inventory.services.emitting import emit
from inventory.services.payloads import server_payload
from inventory.services.rows import Writer, checked, tenant_of
from inventory.services.status import event_of_change

NESTED = ("interfaces", "charges")
_ADDRESSES: Mapping[str, type[IPv4Address | IPv6Address]] = {"ip": IPv4Address, "ip6": IPv6Address}


class ServerWriter(Writer[Server]):
    """Servers. `values` may hold `interfaces` and `charges`: lists of objects that replace what was there."""

    ruled_later: ClassVar[tuple[str, ...]] = ("hostname",)

    @property
    def references(self) -> tuple[str, ...]:
        """All but the addresses, which `check_references` looks at by rules of their own."""
        return tuple(name for name in super().references if name not in _ADDRESSES)

    def settle_tenant(self, row: Server, actor: Actor) -> None:
        """A server of the platform's admin goes to its user's tenant unless one is named."""
        if row.tenant_id is None and row.user_id is not None and actor.is_platform:
            row.tenant_id = row.user.tenant_id
        super().settle_tenant(row, actor)
        if not actor.is_platform:
            self._check_machine(row)

    def _check_machine(self, row: Server) -> None:
        """Only the platform says which machine of its own nodes is whose: its flows change that machine.

        Raises:
            Problem: 400 `platform_node`.
        """
        if not ProxmoxNode.objects.filter(tenant__isnull=True, name=row.node).exists():
            return
        if not Server.objects.filter(pk=row.pk, vmid=row.vmid, node=row.node).exists():
            raise bad_value(
                "platform_node",
                f"The node {row.node} is the platform's.",
                hint="Ask an admin of the platform to enter the server there.",
                field="node",
            )

    def check_references(self, row: Server) -> None:
        """Also hold that addresses are the tenant's, or free ones of the platform."""
        super().check_references(row)
        for name in _ADDRESSES:
            address = getattr(row, name)
            if address is None or tenant_of(address) == row.tenant_id:
                continue
            if tenant_of(address) is not None or address.in_use:
                raise conflict(
                    "address_taken",
                    f"The address {address.ip} is not free for this server.",
                    hint="Choose a free address of the same tenant.",
                    field=name,
                )

    def lockable(self) -> QuerySet[Server]:
        """With what holds them."""
        return gate.marked(super().lockable())

    def locked(self, pk: Any) -> Server:
        """As for all tables; a deleted server can no longer be changed.

        Raises:
            Problem: 404 `not_found`, 409 `server_deleted`.
        """
        server = super().locked(pk)
        if server.deleted_at is not None:
            raise conflict("server_deleted", "This server was deleted.", hint="Create a new one.")
        return server

    def created(self, row: Server, *, actor: Actor, values: Mapping[str, Any]) -> None:
        """Add what belongs to the server, then tell that it is there."""
        self._replace_nested(row, values)
        self._move_addresses(row, {})
        if row.deployment == Server.Deployment.deployed:
            emit("server.created", server_payload(row), tenant_id=row.tenant_id)

    def updated(self, row: Server, *, actor: Actor, values: Mapping[str, Any], before: JsonObject) -> None:
        """Replace what belongs to the server, and tell when its status fires an event.

        Raises:
            Problem: 409 `server_is_held`.
        """
        gate.check(row, lambda: self._touched(row, values, before), actor)
        self._replace_nested(row, values)
        self._move_addresses(row, before)
        if before["deployment"] == Server.Deployment.ordered != row.deployment:
            emit("server.created", server_payload(row), tenant_id=row.tenant_id)
        event_type = event_of_change(before["status"], row.status)
        if event_type is not None:
            emit(event_type, server_payload(row), tenant_id=row.tenant_id)

    def remove(self, row: Server, *, actor: Actor) -> None:
        """Mark the server as deleted and give its addresses back; the row stays for those who ask later.

        Raises:
            Problem: 409 `server_is_held`.
        """
        gate.check(row, lambda: {"deleted_at"}, actor)
        before = self.state(row)
        row.deleted_at, row.status = timezone.now(), Server.Status.offline
        row.ip = row.ip6 = None
        row.save()
        self._move_addresses(row, before)

    def nested(self, values: Mapping[str, Any]) -> JsonObject:
        """Interfaces and charges."""
        return {
            name: [{key: plain(value) for key, value in entry.items()} for entry in values[name]]
            for name in NESTED
            if name in values
        }

    def _touched(self, row: Server, values: Mapping[str, Any], before: JsonObject) -> set[str]:
        """The fields that change; the interfaces count when one of them does."""
        after = self.state(row)
        names = {name for name in before if before[name] != after[name]}
        if "interfaces" in values:
            wanted = [_line(NetworkInterface(server=row, **entry)) for entry in values["interfaces"]]
            if sorted(wanted) != sorted(_line(one) for one in row.interfaces.all()):
                names.add("interfaces")
        return names

    def _replace_nested(self, server: Server, values: Mapping[str, Any]) -> None:
        if "interfaces" in values:
            server.interfaces.all().delete()
            for entry in values["interfaces"]:
                checked(NetworkInterface(server=server, **entry)).save()
        if "charges" in values:
            server.charges.all().delete()
            for entry in values["charges"]:
                checked(ServerCharge(server=server, **entry)).save()

    def _move_addresses(self, server: Server, before: JsonObject) -> None:
        """Give back addresses that the server no longer has, and mark those that it has now."""
        for name, model in _ADDRESSES.items():
            old, new = before.get(name), getattr(server, f"{name}_id")
            if old == new:
                continue
            if old is not None:
                ipam.release(model.objects.select_related("range").get(pk=old))
            if new is not None:
                ipam.attach(getattr(server, name), server.tenant_id)


def _line(interface: NetworkInterface) -> tuple[str, ...]:
    return tuple(str(getattr(interface, name)) for name in ("number", "vlan_tag", "rate_limit"))


writer = ServerWriter(Server)


def with_parts(rows: QuerySet[Server]) -> QuerySet[Server]:
    """The servers with what belongs to them, and with what holds them."""
    return gate.with_operations(rows.prefetch_related(*NESTED))


def create_server(*, actor: Actor, **values: Any) -> Server:
    """Make a server; `server.created` fires, `server.start` does not. An ordered one is created when it is deployed.

    Args:
        actor: who does it.
        values: by model field; also `interfaces` and `charges`.

    Raises:
        Problem: 400 `invalid`, `other_tenant`; 409 `address_taken`.
    """
    return writer.create(actor=actor, values=values)


def update_server(server: Server, *, actor: Actor, **values: Any) -> Server:
    """Change a server; a change of its status may fire `server.start`, `.stop` or `.restart`.

    Raises:
        Problem: as `create_server`, and 404 `not_found`, 409 `server_deleted`.
    """
    return writer.update(server, actor=actor, values=values)


def set_status(server: Server, status: str, *, actor: Actor) -> Server:
    return update_server(server, actor=actor, status=status)
