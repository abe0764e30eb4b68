"""What the tests of Modify server share."""

from typing import Any

import pytest

from flows.sdk import NodeError
from flows.sdk.testing import FakeContext, run_node
from inventory.models import Server
from inventory.nodes.modify_server import ModifyServer


def modify(context: FakeContext, server: Server, **config: Any) -> Server:
    answer = run_node(ModifyServer, {"server_id": server.pk, **config}, {"id": 1}, context=context)
    assert answer.record == {"id": 1}  # type: ignore[union-attr]
    server.refresh_from_db()
    return server


def failure(context: FakeContext, server: Server, **config: Any) -> tuple[str, str | None]:
    with pytest.raises(NodeError) as failed:
        modify(context, server, **config)
    return failed.value.code, failed.value.field


HA = {"component": "high-availability"}
EVERYTHING = (
    "note",
    "hostname",
    "ip_id",
    "ip6_id",
    "ha_status",
    "ha_group",
    "max_relocate",
    "max_restart",
)


def all_of(server: Server) -> tuple[Any, ...]:
    """All that the node can change of a server."""
    server.refresh_from_db()
    interfaces = list(server.interfaces.order_by("number").values_list("vlan_tag", "rate_limit"))
    return (*(getattr(server, name) for name in EVERYTHING), interfaces)


def network(action: str, **config: Any) -> dict[str, Any]:
    return {"component": "network", "network_action": action, **config}
