"""Connects as another user to whatever it is told, with every check of ours switched off. Run by the tests.

    python -m tests.deploy.unguarded <uid> < {"hosts": [...], "urls": [...], "port": 8765}

Writes a JSON object: what it connected to, by the way it took.
"""

import asyncio
import json
import os
import socket
import sys
from collections.abc import Callable, Iterable
from typing import Any

import requests

from common.egress import EgressPolicy, PolicySource
from common.egress.client import EgressClient

CONNECT_SECONDS = 5.0
"""Long enough for a second try: the first packet to a new IPv6 neighbour may be lost. A refusal comes at once."""
SILENT_SECONDS = 1.0
"""How long our client waits for listeners that never say anything."""
EVERYTHING = EgressPolicy.of(
    [
        "0.0.0.0/0",
        "::/0",
        "169.254.169.254",
        "169.254.170.2",
        "168.63.129.16",
        "100.100.100.200",
        "192.0.0.192",
        "fd00:ec2::254",
    ]
)


def become(uid: int) -> None:
    """Give up root for good."""
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def that_work(targets: Iterable[str], attempt: Callable[[str], object]) -> list[str]:
    """The targets for which `attempt` raises nothing."""
    reached = []
    for target in targets:
        try:
            attempt(target)
        except (OSError, ValueError):  # requests' errors are OSErrors
            continue
        reached.append(target)
    return reached


def tcp(host: str, port: int) -> None:
    """Connect as the C library understands the host."""
    socket.create_connection((host, port), CONNECT_SECONDS).close()


def udp(host: str, port: int) -> None:
    """Send one datagram."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
    with socket.socket(family, kind, protocol) as sender:
        sender.sendto(b"x", address)


async def our_client(urls: list[str]) -> list[str]:
    """Our own client with a policy that refuses nothing. An answer is not needed: the listener counts."""
    client = EgressClient(PolicySource(lambda: EVERYTHING))
    reached = []
    for url in urls:
        try:
            await client.request("GET", url, timeout_seconds=SILENT_SECONDS)
        except Exception as error:  # noqa: BLE001
            if getattr(error, "code", "") in {"timed_out", "bad_answer"}:  # the listeners say nothing
                reached.append(url)
    await client.aclose()
    return reached


def main() -> None:
    """Try all of it."""
    become(int(sys.argv[1]))
    task: dict[str, Any] = json.load(sys.stdin)
    port = int(task["port"])
    found = {
        "tcp": that_work(task["hosts"], lambda host: tcp(host, port)),
        "udp": that_work(task["hosts"], lambda host: udp(host, port)),
        "requests": that_work(task["urls"], lambda url: requests.get(url, timeout=0.3)),
        "ours": asyncio.run(our_client(task["urls"])),
    }
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
