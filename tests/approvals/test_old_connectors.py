"""Connectors that were written for the original, unchanged, against a whole running site."""

import base64
import json
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.connectors import ByCollection, ByContentType, Connector, OfXml, serving
from tests.support.processes import wait_until
from tests.support.site import ROOT, Site

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
PASSWORD = "correct horse battery staple"
PEOPLE = """
from accounts.models import Scope, Tenant, User
from inventory.models import Server
acme = Tenant.objects.create(name="Acme", slug="acme")
scope = Scope.objects.create(name="All")
scope.tenants.add(acme)
make = lambda email, role, **more: User.objects.create_user(email, {password!r}, name=email, role=role, **more)
make("root@example.org", "platform_admin")
make("connector@example.org", "connector", scope=scope)
customer = make("grace@acme.example", "customer", tenant=acme)
for number in range(4):
    Server.objects.create(vmid=500 + number, tenant=acme, user=customer, hostname=f"web{{number}}.acme.example",
                          deployment="ordered")
print("made", acme.pk, *Server.objects.order_by("pk").values_list("pk", flat=True))
"""
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with tempfile.TemporaryDirectory(prefix="hf-old-") as folder:
        running = Site(Path(folder) / "data", EGRESS_ALLOWED_NETWORKS="127.0.0.1/32").with_tables().start()
        yield running
        running.stop()


@pytest.fixture(scope="module")
def ids(site: Site) -> list[int]:
    """The tenant's id and its servers'; the workflow is on for the tenant."""
    command = [sys.executable, "manage.py", "shell", "-c", PEOPLE.format(password=PASSWORD)]
    done = subprocess.run(
        command, cwd=ROOT, env=site.environment, capture_output=True, text=True, check=False
    )
    assert "made" in done.stdout, done.stderr
    made = [int(part) for part in done.stdout.rpartition("made")[2].split()]
    path = f"admin/enterprises/{made[0]}"
    _, dto = ask(site, "root@example.org", "GET", path)
    assert ask(site, "root@example.org", "PUT", path, {**dto, "workflow": True})[0] == 200
    return made


def ask(site: Site, email: str, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    url = path if path.startswith("http") else f"{site.url}/api/{path}"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, method=method)
    secret = base64.b64encode(f"{email}:{PASSWORD}".encode()).decode()
    request.add_header("Authorization", f"Basic {secret}")
    if body is not None:
        request.add_header("Content-Type", "application/json")
    request.add_header("Accept", "application/json")
    try:
        with _opener.open(request, timeout=30) as answer:
            raw = answer.read()
            return answer.status, json.loads(raw) if raw else None
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def point_at(site: Site, connector: Connector) -> None:
    """The two requests of the manual; and where the connector finds us."""
    for name, value in (
        ("client.main.workflowEndPoint", connector.url),
        ("client.main.workflowEnabled", "1"),
    ):
        body = {"name": name, "value": value}
        assert ask(site, "root@example.org", "POST", "config/properties", body)[0] == 200
    connector.site, connector.email, connector.password = site.url, "connector@example.org", PASSWORD


def deployed(site: Site, tenant: int, server: int) -> str:
    """Ask for a deploy; where its task is."""
    path = f"cloud/virtualdatacenters/{tenant}/virtualappliances/{tenant}/virtualmachines/{server}"
    status, accepted = ask(site, "grace@acme.example", "POST", f"{path}/action/deploy")
    assert status == 202, accepted
    return f"{path}/tasks/{accepted['links'][0]['href'].rpartition('/')[2]}"


def state_of(site: Site, task: str) -> str:
    return str(ask(site, "grace@acme.example", "GET", task)[1]["state"])


@pytest.mark.parametrize(("kind", "place"), [(ByContentType, 1), (ByCollection, 2)])
def test_a_connector_continues_and_the_task_finishes(
    site: Site, ids: list[int], kind: type[ByContentType], place: int
):
    with serving(kind()) as connector:
        point_at(site, connector)
        task = deployed(site, ids[0], ids[place])
        wait_until(lambda: bool(connector.followed), "The connector decided", 60)
        assert connector.followed == [("Acme", 204)]
        wait_until(lambda: state_of(site, task) == "FINISHED_SUCCESSFULLY", "The server is deployed", 60)


def test_a_connector_of_2013_reads_xml_and_cancels(site: Site, ids: list[int]):
    command = "from approvals.models import WorkflowSettings as W; W.objects.update(body='{}')"

    def write(body: str) -> None:
        subprocess.run(
            [sys.executable, "manage.py", "shell", "-c", command.format(body)],
            cwd=ROOT,
            env=site.environment,
            check=True,
            capture_output=True,
        )

    with serving(OfXml()) as connector:
        point_at(site, connector)
        write("xml")
        task = deployed(site, ids[0], ids[3])
        wait_until(lambda: bool(connector.followed), "The connector decided", 60)
        write("json")
    assert connector.followed == [("web2.acme.example", ["USER"], 204)]
    assert state_of(site, task) == "CANCELLED"


def test_a_worker_that_is_killed_in_the_middle_loses_no_delivery(site: Site, ids: list[int]):
    """The connector hangs with the first request; the worker dies; the next one tells it again."""

    class Hanging(ByContentType):
        def answer(self, got: Any) -> int:
            if len(self.got) == 1:
                site.kill("worker")
                return 500
            return super().answer(got)

    with serving(Hanging()) as connector:
        point_at(site, connector)
        for name in ("workflow.connect.timeout", "workflow.read.timeout"):
            ask(site, "root@example.org", "POST", "config/properties", {"name": name, "value": "1000"})
        task = deployed(site, ids[0], ids[4])
        wait_until(lambda: bool(connector.followed), "The connector decided", 120)
        assert connector.got[0].json()["taskId"] == connector.got[-1].json()["taskId"]
        assert len(connector.got) >= 2
        wait_until(lambda: state_of(site, task) == "FINISHED_SUCCESSFULLY", "The server is deployed", 60)
