"""What the launcher hands to the processes that it starts."""

import pytest

from hookflow_site.env import Env
from hookflow_site.launcher.config import environment, read_config


@pytest.mark.parametrize(
    ("host", "hosts", "address"),
    [
        ("", ["127.0.0.1", "[::1]", "127.0.0.1", "localhost"], "http://127.0.0.1:8000"),
        ("0.0.0.0", ["127.0.0.1", "[::1]", "localhost"], "http://127.0.0.1:8000"),  # only read
        ("::1", ["127.0.0.1", "[::1]", "[::1]", "localhost"], "http://[::1]:8000"),
        ("flows.lan", ["127.0.0.1", "[::1]", "flows.lan", "localhost"], "http://flows.lan:8000"),
    ],
)
def test_hosts_are_those_that_people_type(host: str, hosts: list[str], address: str) -> None:
    made = environment(read_config({"HOST": host} if host else {}), "redis://localhost")
    assert Env(made).hosts("ALLOWED_HOSTS") == hosts
    assert made["SITE_URL"] == address
