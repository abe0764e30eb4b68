"""What a process loads at its start it pays for at each start, and holds in memory ever after."""

import subprocess
import sys

import pytest

OF_CONNECTORS = ("github", "jenkins", "msal", "proxmoxer", "pysnmp", "redminelib", "sslpsk3")
LOADED = f"import sys; print(*[name for name in {OF_CONNECTORS} if name in sys.modules])"
PROGRAMS = {
    "web": "import hookflow_site.asgi",
    "worker": "import hookflow_site.celery, django; django.setup(); import flows.runner.bootstep",
}


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_library_of_one_outside_system_is_loaded_by_the_first_step_that_needs_it(program: str):
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", f"{PROGRAMS[program]}; {LOADED}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "", "import it where it is used, inside the function"
