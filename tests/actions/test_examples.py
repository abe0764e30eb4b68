"""The example flows of the documentation can be imported, published and run."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from flows.compiler import compile_document
from flows.engine.dry_run import dry_run
from flows.graph.reading import read_document
from flows.sdk import EventType, Node, event_types, node_types
from flows.services.dry_context import DryContext

EXAMPLES = sorted((Path(__file__).parents[2] / "docs" / "examples").glob("*.json"))
CREDENTIALS = {"Jenkins": "jenkins", "Zabbix": "zabbix", "NOC": "snmp"}


@dataclass
class Installation:
    """All that is installed, and a credential of each type."""

    owner_id: int | None = None
    is_at_run: bool = False

    def node_type(self, name: str) -> Node | None:
        return node_types.get(name)

    def node_type_names(self) -> list[str]:
        return list(node_types)

    def event_type(self, name: str) -> EventType | None:
        return event_types.get(name)

    def event_type_names(self) -> list[str]:
        return list(event_types)

    def credentials(self) -> dict[str, str]:
        return CREDENTIALS


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_has_no_problem_and_goes_through(path):
    drawn = json.loads(path.read_text())
    compilation = compile_document(read_document(drawn), Installation())
    assert compilation.problems == ()
    plan = compilation.plan
    trigger = next(node for node in drawn["nodes"] if node["id"] == plan.trigger_id)
    example = trigger["config"].get("example")
    sample = json.loads(example) if example else event_types.get(trigger["config"]["event"]).sample
    steps = dry_run(plan, sample, lambda step, node: DryContext(step, node, None))
    assert [(step.node, step.error) for step in steps if step.error] == []
    assert len(steps) == len(plan.nodes)
