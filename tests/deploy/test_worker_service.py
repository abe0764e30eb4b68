"""The unit file starts the worker that compose.yaml starts, and takes from it what it does not need."""

import re

import pytest

from scripts.shell import ROOT

UNIT = (ROOT / "deploy" / "hookflow-worker.service").read_text()


def values(name: str) -> list[str]:
    return re.findall(rf"(?m)^{name}=(.*)$", UNIT)


def test_command_is_the_one_of_the_container() -> None:
    compose = (ROOT / "compose.yaml").read_text()
    command = re.search(r"(?m)^    command: (.*worker.*)$", compose)
    assert command is not None
    assert values("ExecStart") == [f"/opt/hookflow/.venv/bin/{command[1]}"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("User", "hookflow"),
        ("RestrictAddressFamilies", "AF_INET AF_INET6 AF_UNIX"),
        ("NoNewPrivileges", "yes"),
        ("CapabilityBoundingSet", ""),
        ("RestrictSUIDSGID", "yes"),
        ("RestrictNamespaces", "yes"),
        ("ProtectSystem", "strict"),
        ("ProtectHome", "yes"),
        ("PrivateTmp", "yes"),
        ("PrivateDevices", "yes"),
    ],
)
def test_worker_is_confined(name: str, value: str) -> None:
    assert values(name) == [value]


def test_worker_does_not_start_without_the_rules_for_its_user() -> None:
    rules = (ROOT / "deploy" / "egress.nft").read_text()
    assert values("ExecStartPre") == ["+/usr/sbin/nft list chain inet hookflow_egress guard"]
    assert f'define worker = "{values("User")[0]}"' in rules
