"""The changes of a server that flows make: one function for each action of Modify Server."""

from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.actors import Actor
from accounts.scope import visible
from common.problems import bad_value, conflict
from flows.sdk import JsonObject
from inventory.columns import plain
from inventory.models import NetworkInterface, Server
from inventory.services import gate, ipam
from inventory.services.rows import checked
from inventory.services.servers import set_status, update_server, writer


def server_of(server_id: int, *, actor: Actor) -> Server:
    """The server of that id that the actor can reach and that is not deleted.

    Raises:
        Problem: 400 `unknown_server`.
    """
    server = visible(Server, actor).filter(pk=server_id, deleted_at__isnull=True).first()
    if server is None:
        raise bad_value(
            "unknown_server",
            f"There is no server {server_id}.",
            hint="Name the id of a server of this tenant that is not deleted.",
            field="server_id",
        )
    return server


def set_note(server: Server, note: str, *, actor: Actor) -> JsonObject:
    update_server(server, actor=actor, note=note)
    return {"note": note}


def set_hostname(server: Server, hostname: str, *, actor: Actor) -> JsonObject:
    update_server(server, actor=actor, hostname=hostname)
    return {"hostname": hostname}


def change_vlan_tag(server: Server, vlan_tag: int | None, *, actor: Actor) -> JsonObject:
    """Set the VLAN tag of the interface with the lowest number; None takes it off.

    Raises:
        Problem: 400 `invalid`, 409 `no_interface`.
    """
    return _change_interface(server, "vlan_tag", vlan_tag, actor)


def change_rate_limit(server: Server, rate_limit: Decimal | None, *, actor: Actor) -> JsonObject:
    """Set the speed, in MB/s, of the interface with the lowest number; None lifts the limit.

    Raises:
        Problem: 400 `invalid`, 409 `no_interface`.
    """
    return _change_interface(server, "rate_limit", rate_limit, actor)


@transaction.atomic
def assign_address(server: Server, family: ipam.Family, address_id: int, *, actor: Actor) -> JsonObject:
    """Give a server the address of that IPAM id; the one that it had goes back to its range.

    Raises:
        Problem: 400 `unknown_address`, `invalid`; 409 `address_taken`.
    """
    model: type[Any] = ipam.address_model(family)
    address = visible(model, actor).filter(pk=address_id).first()
    if address is None:
        raise bad_value(
            "unknown_address",
            f"There is no {family.label} address with the id {address_id}.",
            hint="Name the id that the IPAM node gave.",
            field=f"{family.value}_id",
        )
    if actor.is_platform and address.tenant_id is None and not hasattr(address, "server"):
        ipam.attach(address, server.tenant_id)
        address.refresh_from_db()
    name = "ip" if family is ipam.Family.ipv4 else "ip6"
    if server != getattr(address, "server", server):
        raise conflict(
            "address_taken",
            f"Another server has the address {address.ip}.",
            hint="Take a free one with the IPAM node.",
            field=f"{family.value}_id",
        )
    update_server(server, actor=actor, **{name: address})
    return {name: address.pk, "address": address.ip}


def set_high_availability(server: Server, values: JsonObject, *, actor: Actor) -> JsonObject:
    """Set how the cluster keeps a server alive: any of `ha_status`, `ha_group`, `max_relocate`, `max_restart`.

    Raises:
        Problem: 400 `invalid`.
    """
    update_server(server, actor=actor, **values)
    return values


def tell_status(server: Server, status: str | None, *, has_restarted: bool, actor: Actor) -> JsonObject:
    """Write the power state that was read; what became of the server fires its events.

    It is told of a server that is held, too: a fact is no change that could wait.

    Args:
        status: None leaves the status as it is.
        has_restarted: it went down and up again, which no two states tell.
    """
    if status is None:
        return {}
    server.refresh_from_db(fields=["status"])
    with gate.passed(server.pk):
        if has_restarted and status == Server.Status.online:
            set_status(server, Server.Status.restarting, actor=actor)
        if has_restarted or status != server.status:
            set_status(server, status, actor=actor)
    return {"status": status}


def check_power(server: Server, *, actor: Actor) -> None:
    """See that the server's machine may be started and stopped now.

    Raises:
        Problem: 409 `server_is_held`, 404 `not_found`, 409 `server_deleted`.
    """
    with transaction.atomic():
        gate.check(writer.locked(server.pk), lambda: {"status"}, actor)


@transaction.atomic
def _change_interface(server: Server, field: str, value: int | Decimal | None, actor: Actor) -> JsonObject:
    gate.check(writer.locked(server.pk), lambda: {"interfaces"}, actor)
    interface = NetworkInterface.objects.select_for_update().filter(server=server).order_by("number").first()
    if interface is None:
        raise conflict(
            "no_interface",
            f"The server {server.hostname} has no network interface.",
            hint="Add one to the server first.",
            field="server_id",
        )
    before = getattr(interface, field)
    setattr(interface, field, value)
    checked(interface).save(update_fields=[field])
    changes = {f"{interface.name}.{field}": [plain(before), plain(value)]}
    writer.record("updated", server, actor, changes)
    return {"interface": interface.name, field: plain(value)}
