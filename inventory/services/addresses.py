"""Writing address ranges and the addresses that are listed in them."""

from collections.abc import Iterable, Mapping
from typing import Any

from accounts.actors import Actor
from common.problems import bad_value, conflict
from flows.sdk import JsonObject
from inventory.services.networks import Address, Pool, need_no_rival, need_not_given, take_turns
from inventory.services.rows import Writer, need_own

_BOUNDS = ("start", "end", "network", "prefix", "target")
_NETWORK = (*_BOUNDS, "scope", "nodes")


class RangeWriter(Writer[Any]):
    """IPAM ranges of either family."""

    def settle_tenant(self, row: Pool, actor: Actor) -> None:
        """A range for a user belongs to the user's tenant."""
        take_turns()
        if row.user is not None and row.tenant_id is None:
            row.tenant_id = row.user.tenant_id
        super().settle_tenant(row, actor)

    def locked(self, pk: Any) -> Pool:
        """As for all tables, after those who give addresses or change ranges at this moment."""
        take_turns()
        row: Pool = super().locked(pk)
        return row

    def created(self, row: Pool, *, actor: Actor, values: Mapping[str, Any]) -> None:
        """Hold that no other range has the same addresses.

        Raises:
            Problem: 409 `range_overlaps`.
        """
        need_no_rival(row, actor)

    def updated(self, row: Pool, *, actor: Actor, values: Mapping[str, Any], before: JsonObject) -> None:
        """Hold that no other range has the same addresses and that no used one falls out, and look through new
        bounds from their beginning.

        Raises:
            Problem: 409 `range_overlaps`, `in_use`.
        """
        if _differs(row, before, _NETWORK):
            need_no_rival(row, actor)
        if not _differs(row, before, _BOUNDS):
            return
        if _differs(row, before, ("target",)) and row.addresses.filter(in_use=True).exists():
            raise conflict(
                "in_use",
                "Subnets of the former size are in use.",
                hint="Give them back first, or make another range.",
                field="target",
            )
        row.addresses.filter(in_use=False).delete()
        for ip in row.addresses.filter(in_use=True).values_list("ip", flat=True).iterator():
            if not row.holds(ip):
                raise conflict(
                    "in_use",
                    f"The address {ip} is in use and would no longer lie in the range.",
                    hint="Give it back first, or keep it inside the range.",
                )
        type(row)._default_manager.filter(pk=row.pk).update(next_offset=0)

    def remove(self, row: Pool, *, actor: Actor) -> None:
        """Delete the range with its free addresses; used ones hold it."""
        row.addresses.filter(in_use=False).delete()
        row.delete()


class AddressWriter(Writer[Any]):
    """Addresses that are listed by hand. Which range and address it is, never changes."""

    @property
    def references(self) -> tuple[str, ...]:
        """None: tenants use addresses of the platform's ranges, and `settle_tenant` looks at the range."""
        return ()

    def locked(self, pk: Any) -> Address:
        """As for all tables, after those who give addresses at this moment."""
        take_turns()
        row: Address = super().locked(pk)
        return row

    def settle_tenant(self, row: Address, actor: Actor) -> None:
        """An address belongs to its range's tenant until somebody uses it.

        Raises:
            Problem: 400 `invalid`, `other_tenant`; 403 `platform_row`.
        """
        take_turns()
        need_own(row.range, actor)
        if row.pk is None:
            row.tenant_id = row.range.tenant_id
        if not row.range.holds(row.ip):
            raise bad_value(
                "invalid",
                f"The address {row.ip} does not lie in the range {row.range}.",
                hint="Choose an address of the range, or another range.",
                field="ip",
            )
        first = row.range.subnet_of(row.ip)
        if row.pk is None and row.ip != first:
            raise bad_value(
                "invalid",
                f"This range gives whole subnets, and {row.ip} is not the first address of one.",
                hint=f"Write {first}.",
                field="ip",
            )

    def created(self, row: Address, *, actor: Actor, values: Mapping[str, Any]) -> None:
        """Hold that an address in use is in use once.

        Raises:
            Problem: 409 `address_taken`.
        """
        if row.in_use:
            need_not_given(row)

    def updated(
        self,
        row: Address,
        *,
        actor: Actor,
        values: Mapping[str, Any],
        before: JsonObject,
    ) -> None:
        """Hold that the address stays what it is, and that one of a server is not given back.

        Raises:
            Problem: 400 `not_changeable`, 409 `in_use`, `address_taken`.
        """
        for name, field in (("ip", "ip"), ("range", "fk_ipam")):
            if before[name] != self.state(row)[name]:
                raise bad_value(
                    "not_changeable",
                    "An address and its range stay as they are.",
                    hint="Delete this one and make another.",
                    field=field,
                )
        if row.in_use and not before["in_use"]:
            need_not_given(row)
        if before["in_use"] and not row.in_use:
            self._need_no_server(row)
            type(row)._default_manager.filter(pk=row.pk).update(tenant_id=row.range.tenant_id)

    def remove(self, row: Address, *, actor: Actor) -> None:
        """Take an address off the list; its range may make it again."""
        self._need_no_server(row)
        pool = row.range
        row.delete()
        type(pool)._default_manager.filter(pk=pool.pk).update(next_offset=0)

    def _need_no_server(self, row: Address) -> None:
        server = getattr(row, "server", None)
        if server is not None:
            raise conflict(
                "in_use",
                f"The server {server.hostname} has this address.",
                hint="Give the server another address first.",
            )


def _differs(row: Pool, before: JsonObject, names: Iterable[str]) -> bool:
    return any(before.get(name) != getattr(row, name, None) for name in names)
