"""What a hook becomes: the drawing of a flow that does the same."""

from typing import Final

from flows.sdk import Json, JsonObject
from hooks.services.reading import Hook
from hooks.services.receivers import Receiver

SEND_TRAP: Final = "life-cycle-trap"
CALL: Final = "call-function"
LONGEST_NAME: Final = 200
_MARKS: Final = ("{{", "{%", "{#")


def name_of(hook: Hook) -> str:
    """What its flow is called."""
    return (hook.description or f"Hook {hook.number}: {hook.event_type}")[:LONGEST_NAME]


def drawing_of(hook: Hook, name: str, receiver: Receiver | None, credential: str = "") -> JsonObject:
    """The flow document of a hook.

    Args:
        name: of the flow.
        receiver: who takes its traps; None: it calls a function.
        credential: the name of the one that keeps the receiver's community string.
    """
    return {
        "format": "hookflow/flow",
        "version": 1,
        "name": name,
        "description": f"Does what a hooks file asks for on {hook.event_type}.",
        "settings": {},
        "nodes": [
            {
                "id": "trigger",
                "type": "life-cycle",
                "name": hook.event_type.replace("_", " ").capitalize(),
                "config": {"event": hook.event_type, "kinds": [], "flows": [], "tenants": []},
                "position": {"x": 0, "y": 0},
            },
            {
                "id": "hook",
                "type": CALL if receiver is None else SEND_TRAP,
                "name": "Call the function" if receiver is None else "Send the trap",
                "config": _call(hook) if receiver is None else _trap(receiver, credential),
                "settings": {},
                "position": {"x": 280, "y": 0},
            },
        ],
        "edges": [{"from": "trigger", "port": "out", "to": "hook"}],
    }


def places_in(document: JsonObject) -> frozenset[tuple[str, int]]:
    """The receivers of traps that such a drawing names."""
    return frozenset(
        (place["address"], place["port"])
        for node in document["nodes"]
        if node["type"] == SEND_TRAP
        for place in node["config"]["destinations"]
    )


def _call(hook: Hook) -> JsonObject:
    return {"implementation": hook.implementation, "inputs": _literal(hook.inputs)}


def _trap(receiver: Receiver, credential: str) -> JsonObject:
    place = {"address": receiver.address, "port": receiver.port, "credential": credential}
    return {"destinations": [place], "kind": "trap"}


def _literal(value: Json) -> Json:
    """The value with its texts as they are: what looks like a template in a hooks file is none."""
    if isinstance(value, dict):
        return {name: _literal(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_literal(part) for part in value]
    return _plain(value) if isinstance(value, str) else value


def _plain(text: str) -> str:
    if not any(mark in text for mark in _MARKS):
        return text
    return "".join(f"{{{{ '{char}' }}}}" if char == "{" else char for char in text)
