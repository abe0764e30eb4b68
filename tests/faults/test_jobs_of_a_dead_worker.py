"""A worker is killed with a job's command at work: nothing of it lives on, and the job run says how it stands."""

from pathlib import Path

import pytest

from tests.faults.platform import Platform
from tests.faults.sleepers import new_marker, sleeping
from tests.support.processes import wait_until

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture
def marker() -> str:
    return new_marker()


def script(marker: str) -> str:
    """One child in the foreground, one behind it, and one in a session of its own."""
    return f"sleep {marker} & setsid sleep {marker} & sleep {marker}"


def state(platform: Platform) -> str:
    return str(platform.inside("job_runs")[-1]["state"])


def test_nothing_of_the_command_lives_on_and_the_job_run_asks(platform: Platform, marker: str) -> None:
    platform.start("worker")
    platform.inside("launch_job", script(marker), 1)
    wait_until(lambda: len(sleeping(marker)) == 3, "The command is at work", 90)
    wait_until(lambda: state(platform) == "running", "The job run says so", 30)
    platform.kill("worker")
    wait_until(lambda: not sleeping(marker), "All of its processes are gone", 10)

    platform.start("worker")
    wait_until(lambda: state(platform) == "interrupted", "The job run asks", 90)
    run = platform.inside("job_runs")[0]["run"]
    assert [(one["status"], one["wait_reason"]) for one in platform.inside("report")["runs"]] == [
        ("waiting", "interrupted")
    ]
    assert not sleeping(marker), "nobody started it again unasked"

    platform.inside("decide", run, "command", "repeat")
    wait_until(lambda: len(sleeping(marker)) == 3, "It was started again when somebody said so", 90)
    platform.kill("worker")
    wait_until(lambda: not sleeping(marker), "All of its processes are gone", 10)


def test_a_job_with_attempts_left_tries_again_by_itself(platform: Platform, marker: str) -> None:
    platform.start("worker")
    platform.inside("launch_job", script(marker), 2)
    wait_until(lambda: len(sleeping(marker)) == 3, "The command is at work", 90)
    platform.kill("worker")
    wait_until(lambda: not sleeping(marker), "All of its processes are gone", 10)
    platform.start("worker")
    wait_until(lambda: len(platform.inside("job_runs")) == 2, "The next attempt is there", 90)
    assert platform.inside("job_runs")[0]["state"] == "failed"
    wait_until(lambda: len(sleeping(marker)) == 3, "It is at work", 90)


def test_the_folder_of_a_killed_worker_is_swept_by_the_next(install, marker: str, tmp_path: Path) -> None:
    place = tmp_path / "t"
    place.mkdir()
    platform: Platform = install(TMPDIR=str(place))
    platform.start("worker")
    platform.inside("launch_job", script(marker), 1)
    wait_until(lambda: len(sleeping(marker)) == 3, "The command is at work", 90)
    (left,) = place.glob("hookflow-program-*")
    platform.kill("worker")
    wait_until(lambda: not sleeping(marker), "All of its processes are gone", 10)
    assert left.exists()
    platform.start("worker")
    wait_until(lambda: not left.exists(), "The folder is gone", 200)
