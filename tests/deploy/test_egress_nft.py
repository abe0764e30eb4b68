"""deploy/egress.nft keeps the worker's user out of the inside, even when no check of our own is left.

The guard in Python is switched off here: the targets are asked for by plain sockets, by plain `requests`, and by our
own client with a policy that allows every address.
"""

import json
import re
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from ipaddress import ip_address, ip_network

import pytest

from common.egress import policy
from scripts.shell import ROOT
from tests.common.egress.test_no_way_inside import HOSTS, SHAPES
from tests.support.namespaces import Listener, Namespaces

RULES = (ROOT / "deploy" / "egress.nft").read_text()
WORKER, OTHER_USER = 64321, 64322
PORT = 8765

LOOPBACK = ["127.0.0.1", "127.0.0.2", "127.255.255.254", "::1"]
INSIDE = [
    "10.0.0.1",
    "100.64.0.7",
    "100.100.100.200",
    "168.63.129.16",
    "169.254.169.254",
    "169.254.170.2",
    "172.16.3.3",
    "192.0.0.192",
    "192.168.7.7",
    "198.51.100.9",
    "fd00:ec2::254",
    "fd12:3456::1",
    "64:ff9b::a00:1",
    "64:ff9b::7f00:1",
    "2002:a00:1::1",
    "2001:0:a00:1::1",
    "2606:2800:220:1:0:5efe:a00:1",
    "2606:2800:220:1:200:5efe:a00:1",
]
ALLOWED = ["10.9.0.1", "fd09::1"]
PUBLIC = ["93.184.215.14", "2606:2800:220:1::1"]

World = tuple[Namespaces, dict[str, Listener]]


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """Both namespaces, the rules as they are in the file for a user of ours, and a listener on each address."""
    with ExitStack() as stack:
        both = stack.enter_context(Namespaces(INSIDE + ALLOWED + PUBLIC))
        sides = {both.inner: LOOPBACK, both.outer: INSIDE + ALLOWED + PUBLIC}
        listeners = {
            listener.address: listener
            for side, addresses in sides.items()
            for listener in both.sockets(
                side, lambda addresses=addresses: [Listener(a, PORT) for a in addresses]
            )
        }
        for listener in listeners.values():
            stack.callback(listener.close)
        rules, replaced = re.subn(r'(?m)^define worker = "hookflow"$', f"define worker = {WORKER}", RULES)
        assert replaced == 1
        both.run("nft", "-f", "-", text=rules)
        both.run("nft", "-f", "-", text=rules)  # a second time replaces the first
        both.run("nft", "add element inet hookflow_egress allowed4 { 10.9.0.0/24 }")
        both.run("nft", "add element inet hookflow_egress allowed6 { fd09::/64 }")
        yield both, listeners


def reached(
    world: World, uid: int, hosts: list[str], urls: list[str]
) -> tuple[dict[str, list[str]], set[str]]:
    """What a process of that user believes it reached, by way, and the addresses where somebody came."""
    both, listeners = world
    for listener in listeners.values():
        listener.hits()
    task = json.dumps({"hosts": hosts, "urls": urls, "port": PORT})
    said = json.loads(both.run(sys.executable, "-m", "tests.deploy.unguarded", str(uid), text=task))
    return said, {address for address, listener in listeners.items() if any(listener.hits())}


def url(address: str) -> str:
    return f"http://[{address}]:{PORT}/" if ":" in address else f"http://{address}:{PORT}/"


@pytest.mark.slow
def test_worker_reaches_nothing_inside_though_the_guard_is_off(world: World) -> None:
    targets = LOOPBACK + INSIDE
    said, hit = reached(world, WORKER, targets, [url(address) for address in targets])
    assert hit == set()
    assert said == {"tcp": [], "udp": [], "requests": [], "ours": []}


@pytest.mark.slow
def test_another_user_reaches_all_of_it_so_the_rules_make_the_difference(world: World) -> None:
    targets = LOOPBACK + INSIDE
    said, hit = reached(world, OTHER_USER, targets, [url(address) for address in targets[:3]])
    assert hit == set(targets)
    assert said["tcp"] == said["udp"] == targets
    assert said["ours"] == [url(address) for address in targets[:3]]


@pytest.mark.slow
def test_no_form_of_an_inner_address_gets_through(world: World) -> None:
    """Row S1 again, with the names that need a name server left out."""
    hosts = [host for host in HOSTS if not host.endswith(".example")]
    bare = [host.strip("[]").replace("%25", "%") for host in hosts]
    urls = [shape.format(host=host, port=PORT) for host in hosts for shape in SHAPES]
    said, hit = reached(world, WORKER, bare, urls)
    assert hit == set()
    assert said == {"tcp": [], "udp": [], "requests": [], "ours": []}


@pytest.mark.slow
def test_allowed_network_and_public_hosts_pass(world: World) -> None:
    targets = ALLOWED + PUBLIC
    said, hit = reached(world, WORKER, targets, [url(address) for address in targets])
    assert hit == set(targets)
    assert said["tcp"] == said["udp"] == targets


@pytest.mark.slow
def test_allowed_network_around_a_metadata_service_does_not_open_it(world: World) -> None:
    both, _ = world
    both.run("nft", "add element inet hookflow_egress allowed4 { 169.254.0.0/16 }")
    try:
        assert reached(world, WORKER, ["169.254.169.254"], [])[1] == set()
    finally:
        both.run("nft", "delete element inet hookflow_egress allowed4 { 169.254.0.0/16 }")


@pytest.mark.slow
def test_single_socket_of_loopback_opens_that_socket_only(world: World) -> None:
    both, _ = world
    both.run("nft", f"add element inet hookflow_egress services4 {{ 127.0.0.1 . {PORT} }}")
    try:
        assert reached(world, WORKER, LOOPBACK, [])[1] == {"127.0.0.1"}
    finally:
        both.run("nft", f"delete element inet hookflow_egress services4 {{ 127.0.0.1 . {PORT} }}")


def elements(name: str) -> set[str]:
    """The elements of a set in the file."""
    body = re.search(rf"set {name} {{(.*?)\n\t}}", RULES, re.DOTALL)
    assert body is not None
    found = re.search(r"(?m)^\t\telements = {([^}]*)}", body[1])
    assert found is not None
    return {text.strip() for text in found[1].split(",")}


def test_rules_and_guard_name_the_same_ranges() -> None:
    assert {ip_network(text) for text in elements("special4")} == set(policy._SPECIAL_4)
    assert {ip_network(text) for text in elements("special6")} == set(policy._SPECIAL_6)
    assert {ip_address(text) for text in elements("metadata4") | elements("metadata6")} == policy._METADATA
    assert f"ip6 daddr != {policy._GLOBAL_6} goto refuse" in RULES
