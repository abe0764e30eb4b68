"""A worker is killed between and within the jobs of a task: each job has its effect once, and the task ends."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.cluster import ClusterServer
from tests.faults.platform import Platform
from tests.support.processes import wait_until

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.timeout(600)]

CALLS = ("clone", "config", "resize", "start")
"""What a deploy changes in Proxmox, in order. A job that is repeated tells the size again; all else is done once."""
ONCE = {"task.started": 1, "server.created": 1, "server.start": 1, "task.finished": 1}


@pytest.fixture
def proxmox(tmp_path: Path) -> Iterator[ClusterServer]:
    server = ClusterServer(tmp_path)
    yield server
    server.stop()


def ended(platform: Platform, task: str) -> dict[str, Any]:
    def is_over() -> bool:
        return platform.inside("operation", task)["state"] not in ("PENDING", "STARTED")

    wait_until(is_over, "The task ends", 90)
    found: dict[str, Any] = platform.inside("operation", task)
    return found


def is_whole(found: dict[str, Any]) -> None:
    assert (found["state"], found["error"]) == ("FINISHED_SUCCESSFULLY", None)
    assert found["jobs"] == ["DONE"] * 3
    assert found["server"] == ["deployed", "online", "pve"]
    assert Counter(found["events"]) == ONCE


def test_a_worker_killed_within_a_job_leaves_it_done_once(platform: Platform, proxmox: ClusterServer) -> None:
    user = platform.inside("prepare_deploys", proxmox.url, proxmox.ca)["user"]
    platform.start("worker-0")
    for number, call in enumerate(("clone", "resize", "start")):
        before = len(proxmox.cluster.changes)
        proxmox.hold(call)
        task = platform.inside("order", user, f"web-{number}.example.org")["task"]
        assert proxmox.held.wait(60), platform.logs()
        platform.kill(f"worker-{number}")
        platform.start(f"worker-{number + 1}")
        is_whole(ended(platform, task))
        done = Counter(path.rpartition("/")[2] for _, path in proxmox.cluster.changes[before:])
        assert done == {**dict.fromkeys(CALLS, 1), "config": 2 if call == "resize" else 1}
    assert len(proxmox.cluster.guests) == 1 + 3


def test_workers_killed_between_jobs_leave_each_done_once(platform: Platform, proxmox: ClusterServer) -> None:
    user = platform.inside("prepare_deploys", proxmox.url, proxmox.ca)["user"]
    task = platform.inside("order", user, "web.example.org")["task"]
    for done in (1, 2):
        platform.start(f"worker-{done}")

        def is_so_far(done: int = done) -> bool:
            return platform.inside("operation", task)["jobs"].count("DONE") >= done

        wait_until(is_so_far, f"{done} jobs are done", 90)
        platform.kill(f"worker-{done}")
    platform.start("worker-3")
    is_whole(ended(platform, task))
    assert Counter(path.rpartition("/")[2] for _, path in proxmox.cluster.changes)["clone"] == 1


def test_a_cancelled_deploy_removes_its_machine_though_workers_are_killed(
    platform: Platform, proxmox: ClusterServer
) -> None:
    user = platform.inside("prepare_deploys", proxmox.url, proxmox.ca)["user"]
    platform.start("worker-0")
    proxmox.hold("clone")
    task = platform.inside("order", user, "web.example.org")["task"]
    assert proxmox.held.wait(60), platform.logs()
    platform.inside("cancel_operation", task)
    platform.kill("worker-0")
    machine = next(vmid for vmid in proxmox.cluster.guests if vmid != 9000)
    proxmox.hold(str(machine))
    platform.start("worker-1")
    assert proxmox.held.wait(90), platform.logs()
    platform.kill("worker-1")
    platform.start("worker-2")
    found = ended(platform, task)
    assert (found["state"], found["server"]) == ("ABORTED", ["ordered", "offline", ""])
    assert found["rollbacks"][1] == "ROLLBACK_DONE"
    assert list(proxmox.cluster.guests) == [9000]
    assert [method for method, _ in proxmox.cluster.changes] == ["POST", "DELETE"]
