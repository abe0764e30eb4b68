"""Machines made from templates: every step looks first, so that none is done twice."""

from datetime import UTC, datetime

import pytest

from flows.sdk import NodeError, Suspend
from flows.sdk.testing import FakeNet
from inventory.credentials.proxmox import ProxmoxFields
from inventory.services.machines import Machine
from inventory.services.new_machines import Wanted, make, remove, template_at
from inventory.services.proxmox import Proxmox
from tests.inventory.services.proxmox_cluster import Cluster

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
WANTED = Wanted(105, "pve", "web.example.org", "Made by hookflow for task 7.", storage="fast")
COPY = {"description": "Made by hookflow for task 7.\n"}
REMOVING = (105, WANTED.mark, NOON)


@pytest.fixture
def cluster() -> Cluster:
    return Cluster()


@pytest.fixture
def api(cluster: Cluster) -> Proxmox:
    fields = ProxmoxFields(url="https://pve.example:8006", token_id="hookflow@pve!flows", secret="s")
    return Proxmox(FakeNet(exchange=cluster), fields)


@pytest.fixture
def template(api: Proxmox) -> Machine:
    found = template_at(api, 9000)
    assert found is not None
    return found


def test_a_machine_is_copied_whole_to_where_it_is_wanted(template, cluster):
    assert isinstance(make(template, WANTED, NOON), Suspend)
    ((_, path, values),) = cluster.calls
    assert path == "qemu/9000/clone"
    assert values == {
        "newid": "105",
        "name": "web.example.org",
        "description": "Made by hookflow for task 7.",
        "full": "1",
        "storage": "fast",
    }
    assert make(template, WANTED, NOON) is None


def test_a_copy_under_way_is_waited_for_and_not_begun_again(template, cluster):
    cluster.guests[105], cluster.is_copying = dict(COPY), True
    assert isinstance(make(template, WANTED, NOON), Suspend)
    assert cluster.changes == []


def test_a_machine_of_others_under_the_number_is_left_alone(template, cluster):
    cluster.guests[105] = {"description": "The mail server"}
    with pytest.raises(NodeError) as caught:
        make(template, WANTED, NOON)
    assert (caught.value.code, cluster.changes) == ("vmid_taken", [])


def test_what_is_no_template_is_not_copied(api, cluster):
    cluster.guests[300] = {"name": "database"}
    with pytest.raises(NodeError) as caught:
        template_at(api, 300)
    assert caught.value.code == "not_a_template"


def test_what_was_made_is_stopped_and_removed(api, cluster):
    cluster.guests[105] = dict(COPY)
    cluster.running.add(105)
    assert isinstance(remove(api, *REMOVING), Suspend)
    assert isinstance(remove(api, *REMOVING), Suspend)
    assert remove(api, *REMOVING) is None
    assert cluster.changes == [("POST", "qemu/105/status/stop"), ("DELETE", "qemu/105")]


def test_what_others_made_is_not_removed(api, cluster):
    cluster.guests[105] = {"description": "The mail server"}
    assert remove(api, *REMOVING) is None
    assert cluster.changes == []
