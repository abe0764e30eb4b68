"""The page of the Event System, line by line, each with the tests that prove it: `seed_event_system.csv`.

A row is a line of the page: what a flow is, a trigger, an input or output of an enricher, an option of an action, or
a field of the reference tables (sections `event …` and `table …`).
"""

import ast
import csv
from functools import cache
from pathlib import Path

import pytest

from flows.sdk import Shape, event_types, node_types
from inventory.tables import BY_KEY

ROOT = Path(__file__).resolve().parents[2]
TABLE = Path(__file__).with_name("seed_event_system.csv")
LINES_OF_THE_PAGE = 87
EVENTS = {
    "server": ("server.created", "server.start", "server.stop", "server.restart"),
    "user": ("account.updated", "account.registered", "account.login"),
    "balance": ("account.balance_added", "account.balance_removed"),
    "eventlog": ("eventlog.created",),
}
FREE_TEXT = {
    "filter": ("value",),
    "add-field": ("value",),
    "rest-resource": ("url",),
    "ipam": ("node", "user_id"),
    "send-mail": ("to", "subject", "content"),
    "webhook": ("url", "content", "text", "custom_type"),
    "create-ticket": ("title", "creator_id", "content"),
    "modify-server": (
        "server_id",
        "note",
        "hostname",
        "vlan_tag",
        "rate_limit",
        "ipv4_id",
        "ipv6_id",
        "group",
        "max_relocate",
        "max_restart",
    ),
}


def rows() -> list[dict[str, str]]:
    with TABLE.open() as file:
        return list(csv.DictReader(file))


@cache
def names_collected_from(path: str) -> frozenset[str]:
    """The names of the tests that a module collects."""
    file = ROOT / path
    if not file.is_file() or not file.name.startswith("test_"):
        return frozenset()
    found = ast.walk(ast.parse(file.read_text()))
    functions = (entry for entry in found if isinstance(entry, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(function.name for function in functions if function.name.startswith("test_"))


def known_fields(section: str) -> list[Shape]:
    """The declared records that a section of the reference tables is about."""
    kind, _, name = section.partition(" ")
    if kind == "table":
        return [BY_KEY[name].shape()]
    registered = [event_types.get(event) for event in EVENTS[name]]
    return [found.shape for found in registered if found is not None]


def test_every_line_has_its_proof():
    assert len(rows()) >= LINES_OF_THE_PAGE
    told = [(row["section"], row["line"]) for row in rows()]
    assert len(set(told)) == len(told)
    assert [row for row in rows() if not row["proof"].split()] == []


def test_every_proof_is_a_test_that_is_there():
    missing = {
        (row["section"], row["line"], proof)
        for row in rows()
        for proof in row["proof"].split()
        if proof.partition("::")[2] not in names_collected_from(proof.partition("::")[0])
    }
    assert missing == set(), "Tests that were renamed or taken away: name what proves the line now."


def test_every_field_of_the_reference_tables_is_declared():
    fields = [row for row in rows() if row["section"].split()[0] in ("event", "table")]
    assert len(fields) > 100
    for row in fields:
        shapes = known_fields(row["section"])
        assert shapes, row
        for shape in shapes:
            path = row["line"].replace("charges.", "charges.0.")
            assert shape.at(path) is not None, row


def test_the_reference_tables_are_whole():
    """No table and no kind of event is left out of the list."""
    sections = {row["section"] for row in rows()}
    assert {f"event {name}" for name in EVENTS} <= sections
    joinable = node_types.get("default-enricher").Config.model_json_schema()["properties"]["table"]["enum"]
    assert {f"table {name}" for name in joinable} <= sections


@pytest.mark.parametrize(
    ("name", "field"), [(name, field) for name, fields in FREE_TEXT.items() for field in fields]
)
def test_free_text_takes_templates(name: str, field: str):
    schema = node_types.get(name).Config.model_json_schema()
    drawn = schema["properties"][field]
    slots = [drawn.get("x-slot"), drawn.get("items", {}).get("x-slot")]
    slots += [
        choice.get("x-slot") or choice.get("items", {}).get("x-slot") for choice in drawn.get("anyOf", [])
    ]
    assert any(slots), (name, field)
