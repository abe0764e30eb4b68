"""The page about all node types."""

import pytest
from django.core.management import CommandError, call_command

from flows.sdk import node_types
from flows.services.node_docs import render_node_docs


def page():
    return render_node_docs(node_types.values())


def shown():
    return [node for node in node_types.values() if not node.meta.is_internal]


def test_the_page_in_the_docs_is_current():
    call_command("node_docs", check=True)


def test_every_type_has_a_section():
    text = page()
    for node in shown():
        assert f"### {node.meta.label}\n" in text
        assert f"`{node.meta.type}`, version" in text


def test_a_type_that_only_the_program_draws_has_none():
    internal = [node.meta.type for node in node_types.values() if node.meta.is_internal]
    assert internal
    assert not [name for name in internal if f"`{name}`, version" in page()]


def test_every_field_has_a_row_with_its_own_label():
    text = page()
    for node in shown():
        for name, info in node.Config.model_fields.items():
            assert f"| {info.title} | `{name}` |" in text


def test_fields_of_fields_are_listed_under_them():
    assert "| - Operation | `condition.operation` |" in page()


def test_unsafe_actions_say_that_a_person_decides():
    section = page().split("### Send mail\n")[1].split("### ")[0]
    assert "a person decides" in section


def test_a_page_that_is_not_current_is_told(tmp_path):
    stale = tmp_path / "nodes.md"
    stale.write_text("old")
    with pytest.raises(CommandError, match="not current"):
        call_command("node_docs", check=True, out=stale)
    call_command("node_docs", out=stale)
    call_command("node_docs", check=True, out=stale)
