"""The flow that stands in the README's picture."""

from flows.sdk import JsonObject

OWNER = "grace@example.org"


WIRES = [
    ("created", "out", "big"),
    ("big", "true", "owner"),
    ("big", "false", "small"),
    ("owner", "out", "billing"),
    ("billing", "out", "mail"),
    ("billing", "out", "shop"),
]


def drawing_for_pictures(sink: str) -> JsonObject:
    """A flow of seven nodes that calls the server at this address."""
    return {
        "format": "hookflow/flow",
        "version": 1,
        "name": "Welcome large servers",
        "description": "Looks up who owns a new large server, and tells operations and the shop.",
        "nodes": [*_sorting(), *_telling(sink)],
        "edges": [{"from": source, "port": port, "to": target} for source, port, target in WIRES],
    }


def _sorting() -> list[JsonObject]:
    return [
        _node("created", "event", "Server created", 0, 120, {"event": "server.created"}),
        _node(
            "big", "filter", "8 GiB or more?", 250, 90, {"field": "ram", "operation": ">=", "value": "8192"}
        ),
        _node(
            "owner",
            "default-enricher",
            "Look up the owner",
            500,
            30,
            {"table": "user", "input_field": "userid", "join_field": "id", "as_field": "owner"},
        ),
        _node(
            "small",
            "add-field",
            "Mark as small",
            500,
            230,
            {"as_field": "size", "value": "small"},
        ),
    ]


def _telling(sink: str) -> list[JsonObject]:
    return [
        _node(
            "billing",
            "rest-resource",
            "Ask billing",
            750,
            30,
            {
                "url": f"{sink}/owners/{{{{ owner.id }}}}",
                "as_field": "billing",
                "example": '{"tier": "gold"}',
            },
        ),
        _node(
            "mail",
            "send-mail",
            "Mail operations",
            1000,
            -60,
            {
                "to": ["ops@example.org"],
                "subject": "{{ hostname }} was created",
                "content": "{{ owner.username }} ({{ billing.tier }}) has a server with {{ ram / 1024 }} GiB.",
            },
        ),
        _node(
            "shop",
            "webhook",
            "Tell the shop",
            1000,
            120,
            {
                "url": f"{sink}/created",
                "content": {
                    "host": "{{ hostname }}",
                    "owner": "{{ owner.username }}",
                    "tier": "{{ billing.tier }}",
                },
            },
        ),
    ]


def _node(node_id: str, node_type: str, name: str, x: int, y: int, config: JsonObject) -> JsonObject:
    return {"id": node_id, "type": node_type, "name": name, "config": config, "position": {"x": x, "y": y}}
