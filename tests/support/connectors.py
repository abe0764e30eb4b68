"""Workflow connectors as their authors' public ones behave, as real servers; none of their code."""

import base64
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from xml.etree import ElementTree

_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass
class Got:
    """A request that arrived."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def kind(self) -> str:
        return self.headers.get("content-type", "")

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Connector:
    """Answers `status` to what is posted; keeps what came. Subclasses answer as connectors do.

    Args:
        site: where hookflow is; what follows is `/api/` and the link's path.
    """

    site: str = ""
    email: str = ""
    password: str = ""
    status: int = 200
    got: list[Got] = field(default_factory=list)
    followed: list[Any] = field(default_factory=list)
    url: str = ""

    def answer(self, got: Got) -> int:
        return self.status

    def ask(
        self, method: str, href: str, body: bytes | None = None, accept: str = "*/*"
    ) -> tuple[int, bytes]:
        """Send a request to hookflow with name and password, as all of them do."""
        url = href if href.startswith("http") else f"{self.site}/api/{href}"
        request = urllib.request.Request(url, data=body, method=method)
        secret = base64.b64encode(f"{self.email}:{self.password}".encode()).decode()
        request.add_header("Authorization", f"Basic {secret}")
        request.add_header("Accept", accept)
        try:
            with _opener.open(request, timeout=30) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()


class ByContentType(Connector):
    """Tells one task from several by the beginning of the content type; knows no others."""

    def answer(self, got: Got) -> int:
        if got.kind.startswith("application/vnd.abiquo.tasks+json"):
            tasks = got.json()["collection"]
        elif got.kind.startswith("application/vnd.abiquo.task+json"):
            tasks = [got.json()]
        else:
            return 415
        threading.Thread(target=self.work, args=(tasks,), daemon=True).start()
        return 200

    def work(self, tasks: list[Any]) -> None:
        """Read the machine and its enterprise, then continue."""
        for task in tasks:
            links = {link["rel"]: link["href"] for link in task["links"]}
            _, machine = self.ask("GET", links["target"])
            enterprise = next(one for one in json.loads(machine)["links"] if one["rel"] == "enterprise")
            _, told = self.ask("GET", enterprise["href"], accept=enterprise["type"])
            status, _ = self.ask("POST", links["continue"], b"continue please")
            self.followed.append((json.loads(told)["name"], status))


class ByCollection(ByContentType):
    """Tells several tasks by the key `collection`, whatever the type is called, and has nothing to say."""

    def answer(self, got: Got) -> int:
        given = got.json()
        tasks = given.get("collection", [given])
        threading.Thread(target=self.work, args=(tasks,), daemon=True).start()
        return 204


class OfXml(Connector):
    """Reads XML, names no type, and cancels."""

    def answer(self, got: Got) -> int:
        root = ElementTree.fromstring(got.body)
        tasks = [root] if root.findall("jobs") else root.findall("task")
        threading.Thread(target=self.work, args=(tasks,), daemon=True).start()
        return 200

    def work(self, tasks: list[ElementTree.Element]) -> None:
        for task in tasks:
            links = {one.attrib["rel"]: one.attrib["href"] for one in task.findall("link")}
            machine = ElementTree.fromstring(self.ask("GET", links["target"])[1])
            enterprise = next(one for one in machine.findall("link") if one.attrib["rel"] == "enterprise")
            users = ElementTree.fromstring(self.ask("GET", f"{enterprise.attrib['href']}/users")[1])
            roles = [one.findtext("role/name") for one in users.findall("userWithRole")]
            status, _ = self.ask("POST", links["cancel"], b"{}")
            self.followed.append((machine.findtext("name"), roles, status))


@contextmanager
def serving(connector: Connector) -> Iterator[Connector]:
    """The connector at `url` while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = int(self.headers.get("Content-Length", 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            got = Got(self.path, headers, self.rfile.read(size))
            connector.got.append(got)
            status = connector.answer(got)
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    connector.url = f"http://127.0.0.1:{server.server_port}/callback"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield connector
    finally:
        server.shutdown()
        server.server_close()
