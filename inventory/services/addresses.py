"""Writing address ranges and the addresses that are listed in them."""

from collections.abc import Mapping
from typing import Any, ClassVar

from accounts.actors import Actor
from common.problems import Problem
from flows.sdk import JsonObject
from inventory.models import IPv4Address, IPv4Range, IPv6Address, IPv6Range
from inventory.services.rows import Writer, need_own

_BOUNDS = ("start", "end", "network", "prefix", "target")


class RangeWriter(Writer[Any]):
    """IPAM ranges of either family."""

    references: ClassVar[tuple[str, ...]] = ("user",)

    def settle_tenant(self, row: IPv4Range | IPv6Range, actor: Actor) -> None:
        """A range for a user belongs to the user's tenant."""
        if row.user is not None and row.tenant_id is None:
            row.tenant_id = row.user.tenant_id
        super().settle_tenant(row, actor)

    def updated(
        self, row: IPv4Range | IPv6Range, *, actor: Actor, values: Mapping[str, Any], before: JsonObject
    ) -> None:
        """Hold that no used address falls out, and look through new bounds from their beginning.

        Raises:
            Problem: 409 `still_used`.
        """
        if all(before.get(name) == getattr(row, name, None) for name in _BOUNDS):
            return
        for ip in row.addresses.filter(in_use=True).values_list("ip", flat=True).iterator():
            if not row.holds(ip):
                raise Problem(
                    409,
                    "still_used",
                    f"The address {ip} is in use and would no longer lie in the range.",
                    hint="Give it back first, or keep it inside the range.",
                )
        type(row)._default_manager.filter(pk=row.pk).update(next_offset=0)

    def remove(self, row: IPv4Range | IPv6Range, *, actor: Actor) -> None:
        """Delete the range with its free addresses; used ones hold it."""
        row.addresses.filter(in_use=False).delete()
        row.delete()


class AddressWriter(Writer[Any]):
    """Addresses that are listed by hand. Which range and address it is, never changes."""

    def settle_tenant(self, row: IPv4Address | IPv6Address, actor: Actor) -> None:
        """An address belongs to its range's tenant until somebody uses it.

        Raises:
            Problem: 400 `invalid`, `other_tenant`; 403 `platform_row`.
        """
        need_own(row.range, actor)
        if row.pk is None:
            row.tenant_id = row.range.tenant_id
        if not row.range.holds(row.ip):
            raise Problem(
                400,
                "invalid",
                f"The address {row.ip} does not lie in the range {row.range}.",
                hint="Choose an address of the range, or another range.",
                field="ip",
            )

    def updated(
        self,
        row: IPv4Address | IPv6Address,
        *,
        actor: Actor,
        values: Mapping[str, Any],
        before: JsonObject,
    ) -> None:
        """Hold that the address stays what it is, and that one of a server is not given back.

        Raises:
            Problem: 400 `not_changeable`, 409 `still_used`.
        """
        for name, field in (("ip", "ip"), ("range", "fk_ipam")):
            if before[name] != self.state(row)[name]:
                raise Problem(
                    400,
                    "not_changeable",
                    "An address and its range stay as they are.",
                    hint="Delete this one and make another.",
                    field=field,
                )
        if before["in_use"] and not row.in_use:
            self._need_no_server(row)
            type(row)._default_manager.filter(pk=row.pk).update(tenant_id=row.range.tenant_id)

    def remove(self, row: IPv4Address | IPv6Address, *, actor: Actor) -> None:
        """Take an address off the list; its range may make it again."""
        self._need_no_server(row)
        pool = row.range
        row.delete()
        type(pool)._default_manager.filter(pk=pool.pk).update(next_offset=0)

    def _need_no_server(self, row: IPv4Address | IPv6Address) -> None:
        server = getattr(row, "server", None)
        if server is not None:
            raise Problem(
                409,
                "still_used",
                f"The server {server.hostname} has this address.",
                hint="Give the server another address first.",
            )
