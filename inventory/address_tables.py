"""The tables of addresses and of the ranges that they come from."""

from dataclasses import replace

from flows.sdk import Shape
from inventory.columns import TENANT, Column, Table, row_id

whole, text, moment, flag = Shape.integer, Shape.string, Shape.moment, Shape.integer


def _addresses(family: str, number: str, route: str, about: str) -> Table:
    return Table(
        f"{family}_addresses",
        f"IPv{number} Addresses",
        route,
        f"inventory.IPv{number}Address",
        (
            row_id(),
            Column("ip", "ip", text("The address", format=family)),
            Column("fk_ipam", "range_id", whole(f"Id of the IPv{number} IPAM range")),
            Column("mac", "mac", text("MAC address, if one is set")),
            Column("in_use", "in_use", flag("1 = in use, 0 = not"), is_flag=True),
            replace(TENANT, is_writable=False),
        ),
        listed=("id", "ip", "fk_ipam", "mac", "in_use"),
        search=("ip", "mac"),
        about=about,
    )


_RANGE_COLUMNS = (
    Column("scope", "scope", text("global, node or user")),
    Column("nodes", "nodes", text("Nodes, comma separated, if scope = node")),
    Column("createdAt", "created_at", moment("When the range was created"), is_writable=False),
    Column("userId", "user_id", whole("Id of the user if scope = user, or null")),
    TENANT,
)

IPV4_ADDRESSES = _addresses("ipv4", "4", "ipv4-addresses", "IPv4 addresses.")
IPV6_ADDRESSES = _addresses(
    "ipv6", "6", "ipv6-addresses", "IPv6 addresses, or subnets by their first address."
)

IPV4_RANGES = Table(
    "ipv4_ranges",
    "IPv4 IPAM Ranges",
    "ipv4-ranges",
    "inventory.IPv4Range",
    (
        row_id(),
        Column("start", "start", text("First address", format="ipv4")),
        Column("end", "end", text("Last address", format="ipv4")),
        Column("subnet", "subnet", whole("Size of the subnet, such as 24")),
        Column("gateway", "gateway", text("Gateway of the subnet", format="ipv4")),
        *_RANGE_COLUMNS,
    ),
    listed=("id", "start", "end", "subnet", "gateway", "scope", "nodes"),
    search=("start", "end", "nodes"),
    about="Ranges of IPv4 addresses.",
)

IPV6_RANGES = Table(
    "ipv6_ranges",
    "IPv6 IPAM Ranges",
    "ipv6-ranges",
    "inventory.IPv6Range",
    (
        row_id(),
        Column("network", "network", text("The network, such as 2a01:4f9:3a:1014::", format="ipv6")),
        Column("prefix", "prefix", whole("Size of the network, such as 56")),
        Column("target", "target", whole("Size of the subnets it is split into, such as 64")),
        Column("gateway", "gateway", text("Gateway of the network", format="ipv6")),
        *_RANGE_COLUMNS,
    ),
    listed=("id", "network", "prefix", "target", "gateway", "scope", "nodes"),
    search=("network", "nodes"),
    about="IPv6 networks that are split into subnets.",
)
