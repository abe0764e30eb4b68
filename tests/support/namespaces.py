"""Two network namespaces joined by a cable: `inner`, where a worker would run, and `outer`, the rest of the world."""

import ctypes
import os
import socket
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import pytest

from scripts.debian import NETWORK_TOOLS, find_tool

T = TypeVar("T")

_CLONE_NEWNET = 0x40000000


class Namespaces:
    """`with Namespaces(addresses) as both:` makes them; `addresses` are those of the outer one.

    A user who is not root gets a skipped test. For root, whatever is missing fails the test.
    """

    def __init__(self, addresses: list[str]) -> None:
        self.inner, self.outer = (f"hookflow-{side}-{os.getpid()}" for side in ("inner", "outer"))
        self._addresses = addresses

    def __enter__(self) -> "Namespaces":
        if os.geteuid() != 0:
            pytest.skip("only root may make network namespaces; run the tests as root to see this one")
        for tool, package in NETWORK_TOOLS.items():
            if find_tool(tool) is None:
                pytest.fail(
                    f"This test needs `{tool}`: apt-get install {package}, or run `make test` as root."
                )
        try:
            self._make()
        except subprocess.CalledProcessError as error:
            self._remove()
            command = " ".join(error.cmd[1:])
            pytest.fail(
                f"Network namespaces cannot be made here, so egress.nft cannot be tested: `ip {command}` said "
                f"{error.stderr.strip()!r}. In a container, give it --privileged."
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._remove()

    def run(self, *command: str, text: str | None = None) -> str:
        """Run a command in the inner namespace and return what it wrote."""
        tool, *rest = command  # `ip` looks along the PATH, which may be without the folders of root's tools
        return _ip("netns", "exec", self.inner, str(find_tool(tool) or tool), *rest, text=text)

    def sockets(self, namespace: str, make: Callable[[], T]) -> T:
        """Call `make` on a thread inside a namespace. Sockets stay there, whoever uses them later."""
        made: list[T] = []

        def work() -> None:
            with (Path("/run/netns") / namespace).open() as file:
                if ctypes.CDLL(None, use_errno=True).setns(file.fileno(), _CLONE_NEWNET) != 0:
                    raise OSError(ctypes.get_errno(), "setns")
            made.append(make())

        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        return made[0]

    def _make(self) -> None:
        for name in (self.outer, self.inner):
            _ip("netns", "add", name)
            _ip("-n", name, "link", "set", "lo", "up")
        _ip("-n", self.inner, "link", "add", "cable", "type", "veth", "peer", "cable", "netns", self.outer)
        for name, end in ((self.inner, "2"), (self.outer, "1")):
            _ip("-n", name, "address", "add", f"198.18.0.{end}/30", "dev", "cable")
            _ip("-n", name, "address", "add", f"2001:2::{end}/64", "dev", "cable", "nodad")
            _ip("-n", name, "link", "set", "cable", "up")
        _ip("-n", self.inner, "route", "add", "default", "via", "198.18.0.1")
        _ip("-n", self.inner, "-6", "route", "add", "default", "via", "2001:2::1")
        # On `lo`, as not every kernel has interfaces of the type `dummy`; other machines see no difference.
        for address in self._addresses:
            _ip("-n", self.outer, "address", "add", address, "dev", "lo", *(["nodad"] * (":" in address)))

    def _remove(self) -> None:
        for name in (self.inner, self.outer):
            subprocess.run(["ip", "netns", "delete", name], check=False, capture_output=True)


class Listener:
    """Takes TCP connections and datagrams on one address and counts them; made inside a namespace."""

    def __init__(self, address: str, port: int) -> None:
        self.address = address
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._tcp = socket.socket(family, socket.SOCK_STREAM)
        self._udp = socket.socket(family, socket.SOCK_DGRAM)
        for each in (self._tcp, self._udp):
            each.setblocking(False)
            each.bind((address, port))
        self._tcp.listen(4096)

    def hits(self) -> tuple[int, int]:
        """Connections and datagrams since the last call. The kernel takes both while nobody looks."""
        return self._count(self._take), self._count(lambda: self._udp.recv(64))

    def close(self) -> None:
        """Stop listening."""
        self._tcp.close()
        self._udp.close()

    def _take(self) -> None:
        connection, _ = self._tcp.accept()
        connection.close()

    @staticmethod
    def _count(take: Callable[[], object]) -> int:
        taken = 0
        while True:
            try:
                take()
            except BlockingIOError:
                return taken
            taken += 1


def _ip(*arguments: str, text: str | None = None) -> str:
    command = [find_tool("ip") or "ip", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, input=text, timeout=60).stdout
