"""`python -m bench.traps_seed WANTED`: put the flows of `bench.traps` into hookflow's database and publish them."""

import json
import sys
from typing import Any

import django

django.setup()

from accounts.actors import Actor  # noqa: E402  # models are ready only now
from accounts.models import User  # noqa: E402
from accounts.roles import Role  # noqa: E402
from actions.services import credentials  # noqa: E402
from flows.services.event_types import define  # noqa: E402
from flows.services.flows import create_flow, read_or_refuse  # noqa: E402
from flows.services.versions import publish  # noqa: E402

CREDENTIALS = {"all": "127.0.0.1", "gone": "no-such-name.invalid"}


def main() -> None:
    """The event types, the credentials, the flows."""
    wanted = json.loads(sys.argv[1])
    user = User.objects.filter(role=Role.platform_admin).first()
    assert user is not None, "The preparation makes an administrator."
    actor = Actor(user_id=user.pk, tenant_id=None, role=Role.platform_admin, name=user.name)
    ports = wanted["ports"]
    for name, host in CREDENTIALS.items():
        others = [f"{host}:{port}" for port in ports[1:]] if name == "all" else []
        values = {"host": host, "port": ports[0], "community": "bench", "others": others}
        credentials.create(actor=actor, type="snmp", name=name, values=values)
    alive = [{"credential": "all", "address": "127.0.0.1", "port": port} for port in ports]
    dead = [{"credential": "gone"}] * wanted["dead"]
    configs = {
        event: {"destinations": [*alive[:destinations], *dead]}
        for event, destinations in wanted["traps"].items()
    }
    for event, config in {wanted["quiet"]: None, **configs}.items():
        define(actor=actor, name=event, label=event, example=wanted["context"])
        _publish(actor, event, config)


def _publish(actor: Actor, event: str, config: dict[str, Any] | None) -> None:
    def node(name: str, kind: str, config: dict[str, Any]) -> dict[str, Any]:
        return {"id": name, "type": kind, "name": name, "config": config, "position": {"x": 0, "y": 0}}

    nodes = [node("t", "event", {"event": event})]
    nodes.append(
        node("s", "life-cycle-trap", config)
        if config
        else node("s", "filter", {"field": "workflow_id", "operation": "=", "value": "x"})
    )
    document = {
        "format": "hookflow/flow",
        "version": 1,
        "name": event,
        "description": "",
        "settings": {"concurrency": {"mode": "parallel"}},
        "nodes": nodes,
        "edges": [{"from": "t", "port": "out", "to": "s"}],
    }
    flow = create_flow(actor=actor, name=event, document=read_or_refuse(document))
    publish(actor=actor, flow=flow, revision=flow.draft_revision, is_enabled=True)


if __name__ == "__main__":
    main()
