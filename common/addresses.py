"""What an address says of the one behind it."""

import ipaddress

UNKNOWN = "unknown"


def counted_as(address: str) -> str:
    """An IPv4 address, or the /64 of an IPv6 one, which is one customer's; `unknown` for anything else."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return UNKNOWN
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found.packed[:8] + bytes(8), 64)))
    return str(found)


def is_loopback(host: str) -> bool:
    """Whether an address or host name means this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
