"""A flow as an n8n workflow: Webhook (respond immediately) -> If / Edit Fields per step -> HTTP Request."""

import itertools
from typing import Any

from bench.adapter import Filter, Flow, SetField

WORKFLOW_ID = "benchflow0000001"


def to_n8n(flow: Flow) -> dict[str, Any]:
    """The workflow in n8n's own format."""
    steps = [_if(i, step) if isinstance(step, Filter) else _set(i, step) for i, step in enumerate(flow.steps)]
    nodes = [_webhook(), *steps, _deliver(flow.sink_url)]
    for i, node in enumerate(nodes):
        node |= {"id": f"node-{i}", "position": [220 * i, 0]}
    names = [node["name"] for node in nodes]
    return {
        "id": WORKFLOW_ID,
        "name": flow.name,
        "active": False,
        "nodes": nodes,
        "connections": {
            a: {"main": [[{"node": b, "type": "main", "index": 0}]]} for a, b in itertools.pairwise(names)
        },
        "settings": {"executionOrder": "v1"},
    }


def _node(name: str, kind: str, version: float, **parameters: Any) -> dict[str, Any]:
    return {
        "name": name,
        "type": f"n8n-nodes-base.{kind}",
        "typeVersion": version,
        "parameters": {"options": {}, **parameters},
    }


def _webhook() -> dict[str, Any]:
    node = _node("Webhook", "webhook", 2, httpMethod="POST", path="event", responseMode="onReceived")
    return node | {"webhookId": "6a9fbe2c-5f0e-4a55-9f0e-0d2a2a1b7c11"}


def _if(number: int, step: Filter) -> dict[str, Any]:
    options = {"caseSensitive": True, "leftValue": "", "typeValidation": "strict", "version": 2}
    condition = {
        "id": f"c{number}",
        "leftValue": f"={{{{ $json.body.{step.field} }}}}",
        "rightValue": step.minimum,
        "operator": {"type": "number", "operation": "gte"},
    }
    conditions = {"options": options, "combinator": "and", "conditions": [condition]}
    return _node(f"If {number}", "if", 2.2, conditions=conditions)


def _set(number: int, step: SetField) -> dict[str, Any]:
    assignment = {
        "id": f"a{number}",
        "name": f"body.{step.field}",
        "type": "string",
        "value": f"={step.prefix}{{{{ $json.body.{step.source} }}}}",
    }
    return _node(
        f"Set {number}", "set", 3.4, includeOtherFields=True, assignments={"assignments": [assignment]}
    )


def _deliver(url: str) -> dict[str, Any]:
    body = "={{ JSON.stringify($json.body) }}"
    return _node(
        "Deliver",
        "httpRequest",
        4.2,
        method="POST",
        url=url,
        sendBody=True,
        specifyBody="json",
        jsonBody=body,
    )
