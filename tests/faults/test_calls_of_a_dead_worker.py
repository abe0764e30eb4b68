"""A worker is killed in the middle of a called function: nothing of it lives on, and a person says what is done."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.faults.platform import Platform
from tests.faults.sleepers import new_marker, sleeping
from tests.support.flows import line
from tests.support.processes import wait_until

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.timeout(600)]

SOURCE = """
import subprocess

def sleeps(context, seconds):
    subprocess.Popen(["sleep", seconds], start_new_session=True)
    subprocess.run(["sleep", seconds])
"""


@pytest.fixture
def platform(install: Callable[..., Platform], tmp_path: Path) -> Platform:
    """A platform whose admin allows a module."""
    folder = tmp_path / "modules"
    folder.mkdir()
    (folder / "acme_held.py").write_text(SOURCE)
    return install(PYTHONPATH=str(folder), HOOKFLOW_HOOK_MODULES="acme_held")


def only_run(platform: Platform) -> dict[str, Any]:
    (run,) = platform.inside("report")["runs"]
    return dict(run)


def test_nothing_of_the_function_lives_on_its_token_ends_and_the_run_asks(platform: Platform) -> None:
    marker = new_marker()
    call = {"implementation": "acme_held.sleeps", "inputs": {"seconds": marker}, "time_limit": "1h"}
    flow = platform.inside("seed", line(("t", "inbound-webhook", {}), ("c", "call-function", call)))["flow"]
    platform.inside("start", flow, {"id": 1})
    platform.start("worker")
    wait_until(lambda: len(sleeping(marker)) == 2, "The function is at work", 90)
    (token,) = platform.inside("call_tokens")
    platform.kill("worker")
    wait_until(lambda: not sleeping(marker), "All of its processes are gone", 10)
    assert token["seconds_left"] < 300, "far less than the hour that the call may take"

    platform.inside("call_tokens", True)
    platform.start("worker")
    wait_until(lambda: only_run(platform)["wait_reason"] == "interrupted", "The run asks", 90)
    assert not sleeping(marker), "nobody called it again unasked"
    wait_until(lambda: platform.inside("call_tokens") == [], "Its token is deleted", 90)

    platform.inside("decide", only_run(platform)["id"], "c", "repeat")
    wait_until(lambda: len(sleeping(marker)) == 2, "It was called again when somebody said so", 90)
    (again,) = platform.inside("call_tokens")
    assert again["id"] != token["id"]
    platform.kill("worker")
    wait_until(lambda: not sleeping(marker), "All of its processes are gone", 10)
