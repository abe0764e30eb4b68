"""The address by which tries are counted. What proxies say of it is settled before Django sees the request."""

import ipaddress

from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """An IPv4 address, or the /64 of an IPv6 one, which is one customer's."""
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address.packed, 64), strict=False))
    return str(address)
