"""The addresses that are kept for an operation while it waits."""

from collections.abc import Mapping
from typing import Any, Final

from accounts.actors import Actor
from approvals.models import Task
from common.problems import conflict
from flows.sdk import JsonObject
from inventory.models import Server
from inventory.services import ipam

FAMILIES: Final = {"ip": ipam.Family.ipv4, "ip6": ipam.Family.ipv6}


def reserve(task: Task, server: Server) -> JsonObject:
    """Take the addresses that the operation asks for; ids of their rows, by the server's column.

    Raises:
        Problem: 409 `pool_exhausted`.
    """
    taken: JsonObject = {}
    for name, family in FAMILIES.items():
        if task.request["options"].get(family.value) and getattr(server, f"{name}_id") is None:
            wish = ipam.Wish(family, node=server.node, user_id=server.user_id)
            taken[name] = ipam.allocate(wish, actor=Actor.system(server.tenant_id))["id"]
    return taken


def give_back(task: Task) -> None:
    """Give back the addresses that were taken for the task and that no server has, in the transaction at hand."""
    for name, address_id in reserved(task).items():
        model: Any = ipam.address_model(FAMILIES[name])
        address = model.objects.select_related("range").filter(pk=address_id, server__isnull=True).first()
        if address is not None:
            ipam.release(address)


def reserved(task: Task) -> Mapping[str, int]:
    """Ids of the addresses that are kept for the task, by the server's column."""
    found: Mapping[str, int] = task.request.get("reserved", {})
    return found


def addresses(task: Task) -> dict[str, Any]:
    """The addresses that are kept for the task, by the server's column.

    Raises:
        Problem: 409 `reservation_lost`.
    """
    found = {}
    for name, address_id in reserved(task).items():
        model: Any = ipam.address_model(FAMILIES[name])
        kept = model.objects.filter(pk=address_id, in_use=True, tenant_id=task.tenant_id)
        found[name] = kept.exclude(server__isnull=False).first()
        if found[name] is None:
            raise conflict(
                "reservation_lost",
                "An address that was kept for this operation was given away meanwhile.",
                hint="Ask for the operation again.",
            )
    return found
