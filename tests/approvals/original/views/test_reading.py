"""What a connector reads on: the machine, its group, its tenant, and people."""

from xml.etree import ElementTree

import pytest

from accounts.actors import Actor
from accounts.models import Tenant, User
from accounts.roles import Role
from approvals.models import Task
from approvals.services.settings import set_workflow
from inventory.models import Server
from tests.approvals.original.people import TASK, of
from tests.conftest import make_user

MACHINE = TASK.removesuffix("/tasks")
SITE = "http://127.0.0.1:8000"


def test_a_connector_follows_the_links_of_a_task_to_all_it_needs(connector: User, recorded: Task):
    caller = of(connector)

    def follow(dto: dict, rel: str) -> dict:
        link = next(one for one in dto["links"] if one["rel"] == rel)
        answer = caller.get(link["href"].removeprefix(SITE), Accept=link.get("type", "*/*"))
        assert answer.status_code == 200, (rel, answer.content)
        return answer.json()

    task = caller.get(f"{TASK}/{recorded.id}").json()
    machine, user = follow(task, "target"), follow(task, "user")
    assert (machine["name"], machine["cpu"], machine["ram"]) == ("web1.example.org", 1, 1024)
    assert machine["hdInBytes"] == 20 * 1024**3
    assert follow(machine, "virtualdatacenter")["name"] == "Recorded"
    assert follow(machine, "virtualappliance")["name"] == "Recorded"
    assert follow(follow(machine, "virtualdatacenter"), "location")["name"]
    assert follow(machine, "harddisks")["collection"][0]["sizeInMb"] == 20 * 1024
    assert follow(machine, "volumes")["collection"] == []
    assert follow(machine, "tasks")["collection"][0]["taskId"] == str(recorded.id)
    enterprise = follow(user, "enterprise")
    assert enterprise["name"] == "Recorded"
    assert follow(enterprise, "pendingtasks")["totalSize"] == 1
    assert follow(user, "role")["name"] == "USER"


def test_it_finds_whom_to_ask(connector: User, recorded: Task, enterprise: Tenant):
    boss = make_user("boss@recorded.example", Role.tenant_admin, enterprise)
    users = of(connector).get("/api/admin/enterprises/4328/users").json()["collection"]
    roles = {
        one["email"]: next(link["title"] for link in one["links"] if link["rel"] == "role") for one in users
    }
    assert roles[boss.email] == "ENTERPRISE_ADMIN"


def test_connectors_of_2013_read_xml_without_asking_for_it(
    connector: User, recorded: Task, platform_admin: User
):
    set_workflow(Actor.of_user(platform_admin), body="xml")
    caller = of(connector)
    machine = ElementTree.fromstring(caller.get(MACHINE, Accept="*/*").content)
    assert machine.findtext("name") == "web1.example.org"
    link = next(one for one in machine.findall("link") if one.get("rel") == "enterprise")
    path = str(link.get("href")).removeprefix(SITE)
    users = ElementTree.fromstring(caller.get(f"{path}/users", Accept="*/*").content)
    assert [one.findtext("role/name") for one in users.findall("userWithRole")] == ["USER"]
    assert [one.findtext("email") for one in users.findall("userWithRole")] == ["2493"]
    disks = ElementTree.fromstring(caller.get(f"{MACHINE}/storage/disks", Accept="*/*").content)
    assert [one.findtext("sizeInMb") for one in disks.findall("disk")] == ["20480"]


def test_the_group_lists_its_machines(connector: User, machine: Server):
    answer = of(connector).get(MACHINE.removesuffix("/1369"))
    assert [one["id"] for one in answer.json()["collection"]] == [1369]
    assert answer.json()["totalSize"] == 1


def test_a_customer_reads_own_machines_only(requester: User, machine: Server, enterprise: Tenant):
    other = make_user("other@example.org", Role.customer, enterprise)
    theirs = Server.objects.create(vmid=101, tenant=enterprise, user=other, hostname="theirs.example.org")
    assert of(requester).get(MACHINE).status_code == 200
    foreign = of(requester).get(MACHINE.replace("1369", str(theirs.pk)))
    unknown = of(requester).get(MACHINE.replace("1369", "999999"))
    assert (foreign.status_code, foreign.content) == (unknown.status_code, unknown.content)
    assert foreign.status_code == 404


@pytest.mark.parametrize("path", ["", "/users", "/users/4395"])
def test_foreign_and_unknown_tenants_look_the_same(outsider_admin: User, machine: Server, path: str):
    foreign = of(outsider_admin).get(f"/api/admin/enterprises/4328{path}")
    unknown = of(outsider_admin).get(f"/api/admin/enterprises/999999{path}")
    assert (foreign.status_code, foreign.content) == (unknown.status_code, unknown.content)
    assert foreign.status_code == 404


def test_a_viewer_learns_no_addresses_of_colleagues(viewer: User, tenant_admin: User):
    users = of(viewer).get(f"/api/admin/enterprises/{viewer.tenant_id}/users").json()["collection"]
    assert [one["id"] for one in users] == [viewer.pk]


def test_deleted_machines_are_gone(connector: User, machine: Server):
    machine.deleted_at = machine.created_at
    machine.save()
    assert of(connector).get(MACHINE).status_code == 404


@pytest.mark.parametrize("text", ["-1", "1e3", "٣", "999999999999999999999", "%2e%2e", "' OR 1=1", "0"])
def test_odd_ids_are_unknown(connector: User, machine: Server, text: str):
    assert of(connector).get(MACHINE.replace("1369", text)).status_code == 404
    assert of(connector).get(f"/api/admin/enterprises/{text}/users/{text}").status_code == 404
