"""Lines of a machine's config."""

import pytest

from inventory.services.machines import merged


@pytest.mark.parametrize(
    ("line", "changes", "after"),
    [
        ("virtio=A,bridge=b,tag=5", {"tag": "7"}, "virtio=A,bridge=b,tag=7"),
        ("virtio=A,tag=5,bridge=b", {"tag": None}, "virtio=A,bridge=b"),
        ("virtio=A,bridge=b", {"tag": None}, "virtio=A,bridge=b"),
        ("virtio=A,bridge=b", {"rate": "12.5"}, "virtio=A,bridge=b,rate=12.5"),
        ("e1000,bridge=b", {"tag": "7"}, "e1000,bridge=b,tag=7"),
        ("", {"ip": "192.0.2.1/24", "gw": None}, "ip=192.0.2.1/24"),
        ("gw=192.0.2.9,ip=dhcp,x=a=b", {"ip": "192.0.2.1/24", "gw": None}, "ip=192.0.2.1/24,x=a=b"),
    ],
)
def test_only_what_is_named_changes(line, changes, after):
    assert merged(line, changes) == after
