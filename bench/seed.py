"""`python -m bench.seed DRAWING`: put a workload's flow into hookflow's database and publish it.

Prints the webhook's key and secret and an API token as JSON. The flow is there twice, under an inbound webhook and
under an event type, so that one event a request and many a request take the same way through the same nodes.
"""

import json
import sys
from typing import Any

import django

django.setup()

from accounts.actors import Actor  # noqa: E402  # models are ready only now
from accounts.models import User  # noqa: E402
from accounts.roles import Permission, Role  # noqa: E402
from accounts.services import tokens  # noqa: E402
from bench.load import make_event  # noqa: E402
from bench.systems.hookflow import EVENT_TYPE  # noqa: E402
from flows.models import Flow  # noqa: E402
from flows.services.event_types import define  # noqa: E402
from flows.services.flows import create_flow, read_or_refuse  # noqa: E402
from flows.services.hooks import rotate_secret  # noqa: E402
from flows.services.versions import publish  # noqa: E402


def main() -> None:
    """Seed, and print what the load generator needs."""
    wanted = json.loads(sys.argv[1])
    user = User.objects.filter(role=Role.platform_admin).first()
    assert user is not None, "The preparation makes an administrator."
    user.must_change_password = False
    user.save()
    actor = Actor(user_id=user.pk, tenant_id=None, role=Role.platform_admin, name=user.name)
    define(actor=actor, name=EVENT_TYPE, label="Bench event", example=make_event(0))
    hooked = _flow(actor, wanted, "inbound-webhook", {})
    _flow(actor, wanted, "event", {"event": EVENT_TYPE})
    for event in wanted["heard"]:
        _listener(actor, event)
    _, token = tokens.create(actor, name="bench", scopes=[Permission.send_events, Permission.view])
    secret = rotate_secret(actor=actor, flow=hooked)
    sys.stdout.write(json.dumps({"key": hooked.hook.key, "secret": secret, "token": token}) + "\n")


def _flow(actor: Actor, wanted: dict[str, Any], trigger: str, config: dict[str, Any]) -> Flow:
    nodes = [_node("t", trigger, config)]
    edges = []
    port = "out"
    for i, (kind, *values) in enumerate(wanted["steps"]):
        edges.append({"from": nodes[-1]["id"], "port": port, "to": f"s{i}"})
        nodes.append(_filter(f"s{i}", *values) if kind == "Filter" else _set(f"s{i}", *values))
        port = "true" if kind == "Filter" else "out"
    edges.append({"from": nodes[-1]["id"], "port": port, "to": "w"})
    nodes.append(_node("w", "webhook", {"url": wanted["url"], "method": "POST"}))
    return _published(actor, f"{wanted['name']} by {trigger}", nodes, edges)


def _listener(actor: Actor, event: str) -> None:
    """A flow that hears of each run when that happens to it, and makes one field of it."""
    nodes = [
        _node("t", "life-cycle", {"event": event}),
        _node("s", "add-field", {"as_field": "told", "value": "{{ message }}"}),
    ]
    _published(actor, f"Hears {event}", nodes, [{"from": "t", "port": "out", "to": "s"}])


def _published(actor: Actor, name: str, nodes: list[dict[str, Any]], edges: list[dict[str, str]]) -> Flow:
    document = {
        "format": "hookflow/flow",
        "version": 1,
        "name": name,
        "description": "",
        "settings": {"concurrency": {"mode": "parallel"}},
        "nodes": nodes,
        "edges": edges,
    }
    flow = create_flow(actor=actor, name=name, document=read_or_refuse(document))
    publish(actor=actor, flow=flow, revision=flow.draft_revision, is_enabled=True)
    return flow


def _node(node_id: str, kind: str, config: dict[str, Any]) -> dict[str, Any]:
    return {"id": node_id, "type": kind, "name": node_id, "config": config, "position": {"x": 0, "y": 0}}


def _filter(node_id: str, field: str, minimum: int) -> dict[str, Any]:
    return _node(node_id, "filter", {"field": field, "operation": ">=", "value": str(minimum)})


def _set(node_id: str, field: str, prefix: str, source: str) -> dict[str, Any]:
    return _node(node_id, "add-field", {"as_field": field, "value": f"{prefix}{{{{ {source} }}}}"})


if __name__ == "__main__":
    main()
