"""The editor's promises: everything can be undone, nobody's work is lost, a refusal says why."""

import json
import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e.api import drawing, make_flow
from tests.e2e.conftest import Watched
from tests.e2e.editor import Editor

SMALL = drawing(
    "Small",
    [
        {"id": "start", "type": "manual", "config": {}},
        {"id": "check", "type": "filter", "config": {"field": "ram", "operation": "exists"}},
        {"id": "wait", "type": "sleep", "config": {"duration": "1s"}},
    ],
    [("start", "out", "check"), ("check", "true", "wait")],
)


def test_undo_leads_back_to_the_starting_drawing_and_redo_to_the_last(page: Page) -> None:
    editor = Editor.open(page, make_flow(page, SMALL))
    start = editor.document()
    editor.select("check")
    editor.rename("Has it memory?")
    editor.write("field", "server.ram")
    editor.drag_from_palette("webhook", 300, 500)
    editor.connect_by_keys("Has it memory?", "false", "Webhook")
    editor.select("wait")
    page.get_by_label("Name of the node").press("Escape")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Delete")
    expect(editor.node("wait")).to_have_count(0)
    end = editor.document()
    assert _shape(end) == (["Has it memory?", "Webhook", "start"], 2)

    _press_until(page, "Control+z", "Nothing to undo")
    assert editor.document() == start
    _press_until(page, "Control+Shift+z", "Nothing to redo")
    assert editor.document() == end


def _shape(document: dict[str, Any]) -> tuple[list[str], int]:
    return sorted(node["name"] for node in document["nodes"]), len(document["edges"])


def _press_until(page: Page, keys: str, label: str) -> None:
    page.locator(".react-flow__pane").click(position={"x": 400, "y": 40})
    for _ in range(40):
        if page.get_by_role("button", name=label, exact=True).count():
            break
        page.keyboard.press(keys)
    expect(page.get_by_role("button", name=label, exact=True)).to_be_visible()
    page.wait_for_timeout(100)


def test_a_draft_that_someone_else_saved_is_not_overwritten_unasked(
    open_page: Callable[..., Watched],
) -> None:
    mine, watch = open_page()
    watch.expect("412")
    theirs, _ = open_page()
    flow = make_flow(mine, SMALL)
    ours = [Editor.open(page, flow) for page in (mine, theirs)]
    ours[1].select("wait")
    ours[1].rename("Rest")
    ours[1].wait_saved()
    ours[0].select("wait")
    ours[0].rename("Sleep on it")

    dialog = mine.get_by_role("dialog")
    expect(dialog).to_contain_text("This draft was changed elsewhere")
    expect(dialog).to_contain_text("Admin saved this draft")
    expect(dialog).to_contain_text(re.compile(r"just now|ago"))
    dialog.get_by_role("button", name="Take theirs").click()
    expect(ours[0].node("Rest")).to_be_visible()
    assert "Rest" in _shape(ours[0].document())[0]


def test_a_wire_that_the_server_refuses_is_not_drawn_and_the_reason_is_shown(page: Page) -> None:
    editor = Editor.open(page, make_flow(page, SMALL))
    before = editor.document()
    answer = editor.api("POST", "wiring/", {"document": before, "from": "check", "port": "false"})
    reason = answer["targets"]["wait"]["message"]
    editor.drag_wire("check", "false", "wait")
    expect(page.locator(".hf-toasts, .toast, [role=status]").filter(has_text=reason).first).to_be_visible()
    assert editor.document() == before


def test_the_import_dialog_shows_what_comes_and_makes_a_flow_of_it(page: Page) -> None:
    Editor.open(page, make_flow(page, SMALL))
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("button", name="Import…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("or its text").fill(json.dumps(SMALL))
    dialog.get_by_label("Name of the new flow").fill("Small, once more")
    dialog.get_by_role("button", name="Import as a new flow").click()
    expect(page).to_have_title(re.compile("Small, once more"))
    expect(Editor(page).wait().node("check")).to_be_visible()
