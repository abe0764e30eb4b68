"""The drawing under the hand: new nodes find room, wires take nodes in, nothing covers what was clicked."""

import re
from collections.abc import Callable
from itertools import combinations
from typing import Any

import pytest
from playwright.sync_api import FloatRect, Locator, Page, ViewportSize, expect

from tests.e2e.api import drawing, make_flow
from tests.e2e.browser import NARROW, WIDE
from tests.e2e.conftest import Watched
from tests.e2e.editor import Editor

ROW = drawing(
    "Row",
    [
        {"id": "start", "type": "event", "config": {"event": "server.created"}},
        {"id": "big", "type": "filter", "config": {"field": "ram", "operation": ">=", "value": "8192"}},
        {"id": "wait", "type": "sleep", "config": {"duration": "1s"}},
        {"id": "rest", "type": "sleep", "config": {"duration": "2s"}},
    ],
    [("start", "out", "big"), ("big", "true", "wait"), ("big", "true", "rest")],
)


def _edges(editor: Editor) -> list[tuple[str, str, str]]:
    return [(edge["from"], edge["port"], edge["to"]) for edge in editor.document()["edges"]]


def _box(locator: Locator) -> FloatRect:
    box = locator.bounding_box()
    assert box
    return box


def _cross(one: FloatRect, other: FloatRect) -> bool:
    return (
        one["x"] < other["x"] + other["width"]
        and other["x"] < one["x"] + one["width"]
        and one["y"] < other["y"] + other["height"]
        and other["y"] < one["y"] + one["height"]
    )


def _none_covers_another(page: Page) -> None:
    boxes = [_box(node) for node in page.locator(".react-flow__node").all()]
    assert not [pair for pair in combinations(boxes, 2) if _cross(*pair)]


def _middle_of_wire(page: Page, wire: str) -> tuple[float, float]:
    path = page.locator(f'.react-flow__edge[data-id="{wire}"] .react-flow__edge-path')
    x, y = path.evaluate(
        """path => {
            const { x, y } = path.getPointAtLength(path.getTotalLength() / 2).matrixTransform(path.getScreenCTM());
            return [x, y];
        }"""
    )
    return x, y


def _wait(page: Page, editor: Editor) -> None:
    editor.wait_saved()
    editor.wait_still()
    expect(page.locator(".react-flow__node.dragging")).to_have_count(0)


def test_the_plus_on_a_wire_inserts_a_node_in_one_step(page: Page) -> None:
    editor = Editor.open(page, make_flow(page, ROW))
    before = editor.document()
    editor.wait_still()
    page.mouse.move(*_middle_of_wire(page, "big:true->wait"))
    page.get_by_role("button", name="Insert a node between big and wait").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Insert a node between big and wait")
    dialog.get_by_label("Search nodes").fill("manual start")
    expect(dialog.get_by_role("listitem")).to_have_count(0)
    editor.choose("add field")
    _wait(page, editor)
    assert set(_edges(editor)) == {
        ("start", "out", "big"),
        ("big", "true", "add-field-1"),
        ("add-field-1", "out", "wait"),
        ("big", "true", "rest"),
    }
    _none_covers_another(page)
    page.get_by_role("button", name="Undo: Insert Add field").click()
    assert editor.document() == before


def test_a_wire_takes_a_node_in_by_keys_alone(page: Page) -> None:
    editor = Editor.open(page, make_flow(page, ROW))
    page.locator('.react-flow__edge[data-id="start:out->big"]').focus()
    expect(page.get_by_role("button", name="Insert a node between start and big")).to_be_visible()
    page.keyboard.press("+")
    editor.choose("add field")
    assert ("start", "out", "add-field-1") in _edges(editor)
    assert ("add-field-1", "out", "big") in _edges(editor)
    expect(editor.node("Add field")).to_be_focused()


def test_a_chosen_wire_offers_it_to_a_finger_and_the_outline_does_too(
    open_page: Callable[..., Watched],
) -> None:
    page, _ = open_page(has_touch=True, viewport={"width": 820, "height": 1180})
    editor = Editor.open(page, make_flow(page, ROW))
    editor.wait_still()
    page.touchscreen.tap(*_middle_of_wire(page, "start:out->big"))
    tool = page.get_by_role("button", name="Insert a node between start and big")
    expect(tool).to_be_visible()
    assert _box(tool)["width"] >= 24
    page.get_by_role("tab", name="Outline").tap()
    outline = page.get_by_role("list", name="Outline of the flow")
    outline.get_by_role("button", name="Insert a node between start and big").tap()
    editor.choose("add field")
    assert ("add-field-1", "out", "big") in _edges(editor)


def test_a_node_or_an_entry_of_the_list_dropped_on_a_wire_goes_into_it(page: Page) -> None:
    editor = Editor.open(page, make_flow(page, ROW))
    editor.drag_from_palette("add-field", 300, 450)
    page.get_by_role("button", name="Close the panel").click()
    _wait(page, editor)
    start = editor.document()
    wire = page.locator('.react-flow__edge[data-id="big:true->rest"] .react-flow__edge-path')
    head = _box(editor.node("Add field").locator(".hf-node-head"))
    page.mouse.move(head["x"] + 60, head["y"] + 20)
    page.mouse.down()
    page.mouse.move(head["x"] + 80, head["y"] + 30, steps=3)
    _move_onto(page, editor.node("Add field"), wire)
    expect(wire).to_have_class(re.compile("is-drop"))
    page.mouse.up()
    _wait(page, editor)
    assert ("big", "true", "add-field-1") in _edges(editor)
    assert ("add-field-1", "out", "rest") in _edges(editor)
    _none_covers_another(page)
    page.get_by_role("button", name="Undo: Insert Add field into a wire").click()
    assert editor.document() == start

    x, y = _middle_of_wire(page, "start:out->big")
    pane = _box(page.locator(".hf-canvas .react-flow__pane"))
    editor.drag_from_palette("sleep", round(x - pane["x"]), round(y - pane["y"]))
    _wait(page, editor)
    assert ("start", "out", "sleep-1") in _edges(editor)
    assert ("sleep-1", "out", "big") in _edges(editor)


def _move_onto(page: Page, node: Locator, wire: Locator) -> None:
    """Go on with a drag until the middle of the node is on the wire."""
    x, y = wire.evaluate(
        """path => {
            const { x, y } = path.getPointAtLength(path.getTotalLength() / 2).matrixTransform(path.getScreenCTM());
            return [x, y];
        }"""
    )
    box = _box(node)
    at: Any = (x - box["width"] / 2 + 80, y - box["height"] / 2 + 30)
    page.mouse.move(*at, steps=10)


def test_new_nodes_never_land_on_others(page: Page) -> None:
    editor = Editor.open(page, make_flow(page, ROW))
    editor.wait_still()
    entry = page.locator("[data-node-type=filter]")
    for _ in range(4):
        entry.click()
    for _ in range(3):
        editor.drag_from_palette("webhook", 400, 300)
    page.locator(".react-flow__controls-fitview").click()
    editor.wait_still()
    editor.select("wait")
    page.get_by_label("Name of the node").press("Escape")
    page.keyboard.press("Control+d")
    page.keyboard.press("Control+d")
    editor.add_behind("big", "false", "add field")
    editor.add_behind("big", "error", "add field")
    _wait(page, editor)
    expect(page.locator(".react-flow__node")).to_have_count(15)
    _none_covers_another(page)


def test_tidying_up_keeps_the_order_of_the_outputs(page: Page) -> None:
    crossed = drawing(
        "Crossed",
        [
            {"id": "start", "type": "manual", "config": {}},
            {"id": "check", "type": "filter", "config": {"field": "ram", "operation": "exists"}},
            {"id": "no", "type": "sleep", "config": {"duration": "1s"}},
            {"id": "failed", "type": "sleep", "config": {"duration": "1s"}},
            {"id": "yes", "type": "sleep", "config": {"duration": "1s"}},
        ],
        [
            ("start", "out", "check"),
            ("check", "error", "failed"),
            ("check", "false", "no"),
            ("check", "true", "yes"),
        ],
    )
    editor = Editor.open(page, make_flow(page, crossed))
    editor.tidy_up()
    heights = [_box(editor.node(name))["y"] for name in ("yes", "no", "failed")]
    assert heights == sorted(heights)
    assert len({_box(editor.node(name))["x"] for name in ("yes", "no", "failed")}) == 1
    _none_covers_another(page)


@pytest.mark.parametrize(
    "viewport", [WIDE, NARROW, {"width": 820, "height": 1180}], ids=["wide", "phone", "tablet"]
)
def test_the_panel_covers_neither_the_node_that_was_chosen_nor_its_ports(
    open_page: Callable[..., Watched], viewport: ViewportSize
) -> None:
    page, _ = open_page(viewport=viewport)
    editor = Editor.open(page, make_flow(page, ROW))
    editor.tidy_up()
    for name in ("rest", "start", "big", "wait"):
        page.locator(".react-flow__controls-fitview").click()
        editor.wait_still()
        editor.node(name).locator(".hf-node-head").click()
        expect(page.get_by_label("Name of the node")).to_have_value(name)
        editor.wait_still()
        _is_in_sight(page, editor.node(name))
        page.get_by_role("button", name="Close the panel").click()


def _is_in_sight(page: Page, node: Locator) -> None:
    """Each port and the middle of the node can be hit: nothing lies over them, and they are on the screen."""
    covered = node.evaluate(
        """node => [node, ...node.querySelectorAll(".react-flow__handle")].filter((part) => {
            const { left, top, width, height } = part.getBoundingClientRect();
            const hit = document.elementFromPoint(left + width / 2, top + height / 2);
            return !hit || !node.contains(hit);
        }).map((part) => part.className)"""
    )
    assert covered == []
    panel, box = _box(page.locator(".hf-panel")), _box(node)
    assert not _cross(panel, box)


def test_each_node_shows_its_settings_from_the_top(page: Page) -> None:
    editor = Editor.open(page, make_flow(page, ROW))
    editor.select("big")
    page.get_by_text("Retry and time limit").click()
    scroll = page.locator(".hf-panel-scroll")
    scroll.evaluate("box => box.scrollTo(0, 10000)")
    assert scroll.evaluate("box => box.scrollTop") > 0
    editor.select("wait")
    assert scroll.evaluate("box => box.scrollTop") == 0


def test_what_a_node_did_in_the_shown_run_comes_before_its_settings(page: Page) -> None:
    editor = Editor.open(page, make_flow(page, ROW))
    page.get_by_role("button", name="Dry run").click()
    expect(page.locator(".hf-node.is-succeeded").first).to_be_visible()
    editor.select("big")
    result = page.get_by_role("region", name="Dry run")
    expect(result).to_be_visible()
    assert _box(result)["y"] < _box(editor.field("field"))["y"]
    assert re.search(r"Input.*Output", result.inner_text(), re.DOTALL)
