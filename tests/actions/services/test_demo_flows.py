"""The flows of the demo."""

import json

import pytest

from actions.services.demo_flows import FOLDER, demo_flows
from flows.compiler.compile import compile_document
from flows.graph.codec import write_document
from flows.graph.reading import read_document
from flows.sdk import event_types, node_types

FLOWS = [pytest.param(flow, id=flow["name"]) for flow in demo_flows()]


class Installation:
    """What comes with the program, and nothing else."""

    def node_type(self, name):
        return node_types.get(name)

    def event_type(self, name):
        return event_types.get(name)

    def has_credential(self, name):
        return False


def test_there_are_three():
    assert [flow["name"] for flow in demo_flows()] == [
        "Nightly heartbeat",
        "Warn on errors in the event log",
        "Welcome new servers",
    ]


@pytest.mark.parametrize("flow", FLOWS)
def test_it_can_be_published_without_a_warning(flow):
    compiled = compile_document(read_document(flow), Installation())
    assert compiled.problems == ()
    assert compiled.plan is not None


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda path: path.stem)
def test_its_file_is_what_an_export_writes(path):
    raw = path.read_bytes()
    assert write_document(read_document(json.loads(raw))) == raw


def test_they_send_to_this_site_wherever_it_is(settings):
    settings.SITE_URL = "https://flows.example.org"
    urls = [
        node["config"]["url"] for flow in demo_flows() for node in flow["nodes"] if "url" in node["config"]
    ]
    assert len(urls) >= 4
    assert all(url.startswith("https://flows.example.org/") for url in urls)
