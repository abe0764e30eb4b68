"""The form of a node while it is filled in: completion, known fields, and errors that wait until someone was there."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.e2e.api import drawing, make_flow
from tests.e2e.conftest import Watched
from tests.e2e.editor import Editor

OWNED = drawing(
    "Owned",
    [
        {"id": "start", "type": "event", "config": {"event": "server.created"}},
        {
            "id": "who",
            "type": "default-enricher",
            "config": {"table": "user", "input_field": "userid", "as_field": "owner"},
        },
        {"id": "big", "type": "filter", "config": {"field": "ram", "operation": ">=", "value": "1"}},
        {
            "id": "tell",
            "type": "send-mail",
            "config": {"to": ["ops@example.org"], "subject": "x", "content": "x"},
        },
    ],
    [("start", "out", "who"), ("who", "out", "big"), ("big", "true", "tell")],
)


def _type_into(editor: Editor, path: str, text: str) -> Locator:
    """Clear a template field and type; the editor with completion."""
    editor.write(path, "x")
    editor.page.keyboard.press("Backspace")
    field = editor.field(path).locator(".cm-content")
    editor.page.keyboard.type(text)
    return field


def test_choosing_an_object_goes_on_to_its_fields_and_the_preview_agrees(page: Page) -> None:
    editor = Editor.open(page, make_flow(page, OWNED))
    editor.select("tell")
    field = _type_into(editor, "subject", "{{ own")
    options = page.locator(".cm-tooltip-autocomplete")
    owner = options.locator("li", has_text=re.compile("^owner")).first
    expect(owner.locator(".cm-completionMatchedText")).to_have_text("own")
    owner.click()
    expect(field).to_have_text("{{ owner. }}")
    option = options.locator("li", has_text=re.compile(r"^owner\.email"))
    expect(option).to_be_visible()
    option.click()
    expect(field).to_have_text("{{ owner.email }}")
    assert {node["id"]: node["config"] for node in editor.document()["nodes"]}["tell"]["subject"] == (
        "{{ owner.email }}"
    )
    preview = editor.field("subject").locator("[data-preview=subject]")
    expect(preview.locator("code")).to_have_text(re.compile("@"))
    expect(preview.locator(".text-danger")).to_have_count(0)


def test_a_known_field_is_written_as_the_place_wants_it(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    editor = Editor.open(page, make_flow(page, OWNED))
    editor.select("big")
    page.get_by_text(re.compile(r"^What comes in")).click()
    known = page.locator(".hf-tree-field").filter(has=page.locator("code", has_text=re.compile("^cpu$")))
    known.click()
    assert page.evaluate("navigator.clipboard.readText()") == "{{ cpu }}"
    path = editor.field("field").locator("input")
    path.focus()
    known.click()
    expect(path).to_have_value("cpu")
    path.fill("")
    page.keyboard.press("Control+v")
    expect(path).to_have_value("cpu")
    configs = {node["id"]: node["config"] for node in editor.document()["nodes"]}
    assert configs["big"]["field"] == "cpu"

    page.get_by_role("button", name="Fit View").click()  # the panel may lie over what was not chosen
    editor.select("tell")
    page.get_by_text(re.compile(r"^What comes in")).click()
    field = _type_into(editor, "subject", "Cores: ")
    known.click()
    expect(field).to_have_text("Cores: {{ cpu }}")
    expect(field).to_be_focused()


def test_a_new_node_complains_only_where_someone_has_been(open_page: Callable[..., Watched]) -> None:
    page, watch = open_page()
    watch.expect("422")
    editor = Editor.open(page, make_flow(page, OWNED))
    editor.add_behind("big", "false", "send mail")
    badge = editor.node("Send mail").locator(".hf-dot")
    expect(badge).to_have_text(re.compile("Not filled in yet"))
    expect(page.locator(".hf-panel :is(.hf-problems, .is-invalid, .alert-danger)")).to_have_count(0)
    expect(page.get_by_role("button", name=re.compile("Show [0-9]+ problem"))).to_contain_text("to fill in")
    expect(page.get_by_role("button", name="Publish", exact=True)).to_be_disabled()

    editor.field("subject").locator("textarea").focus()
    expect(editor.field("subject").locator(".cm-content")).to_be_focused()  # the rich editor has taken over
    editor.field("content").locator("textarea, .cm-content").first.focus()
    expect(editor.field("subject").locator(".hf-problems")).to_be_visible()
    expect(editor.field("to").locator(".hf-problems")).to_have_count(0)
    expect(badge).to_have_class(re.compile("is-error"))
    page.get_by_role("button", name="Dry run").first.click()
    editor.select("Send mail")
    expect(editor.field("to").locator(".hf-problems").first).to_be_visible()


def test_what_the_server_finds_is_underlined_at_once_and_mended_by_key_or_button(page: Page) -> None:
    editor = Editor.open(page, make_flow(page, OWNED))
    editor.add_behind("big", "false", "send mail")
    field = _type_into(editor, "subject", "🦆 {{ owner.emial }}")
    expect(field.locator(".cm-lintRange")).to_have_text("owner.emial")
    page.keyboard.press("Alt+Enter")
    expect(field).to_have_text("🦆 {{ owner.email }}")
    expect(field.locator(".cm-lintRange")).to_have_count(0)
    editor.select("big")
    editor.write("field", "chargs.amount")
    editor.field("field").get_by_role("button", name="Use “charges.amount”").click()
    expect(editor.field("field").locator("input")).to_have_value("charges.amount")
