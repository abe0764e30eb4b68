"""Which hosts an open credential may be used at."""

import pytest

from common.egress import EgressError
from common.egress.client import EgressClient
from common.egress.hosts import AllowedHosts
from tests.support.evil_server import EvilServer


@pytest.mark.parametrize(
    ("entry", "host", "port"),
    [
        ("api.example.org", "api.example.org", 443),
        ("api.example.org", "API.example.org.", 8443),
        ("api.example.org:8443", "api.example.org", 8443),
        ("192.0.2.1", "192.0.2.1", 1),
        ("[2001:db8::1]:443", "2001:db8:0::1", 443),
        ("2001:db8::1", "2001:db8::1", 9),
        ("bücher.example", "xn--bcher-kva.example", 443),
    ],
)
def test_its_own_hosts_are_reached(entry: str, host: str, port: int) -> None:
    AllowedHosts([entry]).check(host, port)


@pytest.mark.parametrize(
    ("entries", "host", "port"),
    [
        ([], "api.example.org", 443),
        (["api.example.org"], "example.org", 443),
        (["example.org"], "api.example.org", 443),
        (["api.example.org:443"], "api.example.org", 80),
        (["api.example.org"], "api.example.org.evil.example", 443),
        (["", "https://api.example.org"], "api.example.org", 443),
    ],
)
def test_no_other_host_is(entries: list[str], host: str, port: int) -> None:
    with pytest.raises(EgressError) as refusal:
        AllowedHosts(entries).check(host, port)
    assert refusal.value.code == "host_not_allowed"


async def test_no_packet_goes_to_another_host(client: EgressClient, server: EvilServer) -> None:
    with pytest.raises(EgressError, match="may not be used"):
        await client.request("GET", server.url("/echo"), hosts=AllowedHosts(["other.example"]))
    assert server.connections == 0


async def test_no_packet_follows_a_redirect_to_another_host(client: EgressClient, server: EvilServer) -> None:
    async with EvilServer() as other:
        with pytest.raises(EgressError, match="may not be used"):
            await client.request(
                "GET",
                server.url(f"/redirect?to={other.url('/echo')}"),
                hosts=AllowedHosts([f"127.0.0.1:{server.port}"]),
            )
        assert (server.connections, other.connections) == (1, 0)
