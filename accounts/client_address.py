"""The address by which tries are counted. What proxies say of it is settled before Django sees the request."""

from django.http import HttpRequest

from common.addresses import counted_as


def client_address(request: HttpRequest) -> str:
    """An IPv4 address, or the /64 of an IPv6 one, which is one customer's."""
    return counted_as(request.META.get("REMOTE_ADDR", ""))
