"""The example flows of the documentation can be imported, published and run."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from flows.compiler import compile_document
from flows.compiler.plan import Plan
from flows.engine.dry_run import dry_run
from flows.graph.reading import read_document
from flows.sdk import EventType, Node, event_types, node_types
from flows.services.dry_context import DryContext

EXAMPLES = sorted((Path(__file__).parents[2] / "docs" / "examples").glob("*.json"))
CREDENTIALS = {
    "GitHub": "github",
    "Jenkins": "jenkins",
    "NOC": "snmp",
    "Office 365": "office365",
    "Redmine": "redmine",
    "Zabbix": "zabbix",
}


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


@pytest.fixture(autouse=True)
def mail_server(settings):
    settings.EMAIL_URL = "smtp://mail.example.org:25/?tls=none"
    settings.MAIL_FROM = "hookflow@example.org"


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
    assert [step.node for step in steps] == list(main_line(plan))


def main_line(plan: Plan) -> Iterator[str]:
    """The nodes in their order when each goes on by its first port, which is how a dry run of them goes."""
    open_ends = [plan.trigger_id]
    while open_ends:
        node = plan.nodes[open_ends.pop(0)]
        yield node.id
        open_ends[:0] = node.next.get(node.meta.ports[0].name, ())
