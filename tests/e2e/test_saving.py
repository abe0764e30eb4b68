"""No edit is lost, and what the editor says of the draft and of the flow's switch is true."""

import re
from collections.abc import Callable

from playwright.sync_api import Dialog, Page, Route, expect

from tests.e2e.api import ask, drawing, make_flow
from tests.e2e.conftest import Watched
from tests.e2e.editor import Editor

SMALL = drawing(
    "Saved",
    [
        {"id": "start", "type": "manual", "config": {}},
        {"id": "rest", "type": "sleep", "config": {"duration": "1s"}},
    ],
    [("start", "out", "rest")],
)
DRAFT = re.compile(r"/api/v1/flows/[0-9a-f-]+/draft/$")


def is_on(editor: Editor) -> bool:
    return bool(editor.api("GET", "")["is_enabled"])


def test_publishing_leaves_the_switch_alone_and_says_so(page: Page) -> None:
    editor = Editor.open(page, make_flow(page, SMALL))
    switch = page.get_by_role("switch", name="The flow is on")
    expect(switch).to_be_disabled()
    page.get_by_role("button", name="Publish", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("leaves it off")
    dialog.get_by_role("button", name="Publish version 1").click()
    expect(page.locator("[data-toast=success]")).to_contain_text("The flow is off")
    assert not is_on(editor)
    expect(switch).not_to_be_checked()

    switch.click()
    expect(switch).to_be_checked()
    expect(page.locator(".hf-switch")).to_have_text("On")
    assert is_on(editor)
    editor.select("rest")
    editor.rename("Rest longer")
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(dialog).to_contain_text("new events use version 2 at once")
    expect(dialog.get_by_role("button", name="Publish and switch on")).to_have_count(0)
    dialog.get_by_role("button", name="Publish version 2").click()
    expect(page.locator("[data-toast=success]").last).to_contain_text("The flow is on")
    assert is_on(editor)


def test_publish_and_switch_on_does_both(page: Page) -> None:
    editor = Editor.open(page, make_flow(page, SMALL))
    page.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_role("button", name="Publish and switch on").click()
    expect(page.get_by_role("switch", name="The flow is on")).to_be_checked()
    assert is_on(editor)


def test_discarding_brings_back_what_is_published_and_undo_the_edits(page: Page) -> None:
    editor = Editor.open(page, make_flow(page, SMALL, is_published=True))
    editor.select("rest")
    editor.rename("Edited")
    page.get_by_role("tab", name="Versions").click()
    page.get_by_role("button", name="Discard").click()
    expect(editor.node("rest")).to_be_visible()
    expect(page.locator(".hf-title-state .badge").first).to_have_text("Version 1")
    assert editor.api("GET", "")["has_unpublished_changes"] is False
    page.get_by_role("button", name="Undo: Discard the draft").click()
    expect(editor.node("Edited")).to_be_visible()
    editor.wait_saved()
    assert editor.api("GET", "")["has_unpublished_changes"] is True


def test_discarding_over_what_someone_else_saved_asks_first(open_page: Callable[..., Watched]) -> None:
    page, watch = open_page()
    watch.expect("412")
    editor = Editor.open(page, make_flow(page, SMALL, is_published=True))
    draft = editor.api("GET", "draft/")
    draft["document"]["description"] = "Saved elsewhere"
    ask(
        page, "PUT", f"flows/{editor.flow_id}/draft/", {"document": draft["document"]},
        headers={"If-Match": f'"{draft["revision"]}"'},
    )  # fmt: skip
    page.get_by_role("tab", name="Versions").click()
    page.get_by_role("button", name="Discard").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("This draft was changed elsewhere")
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)
    assert editor.api("GET", "draft/")["document"]["description"] == "Saved elsewhere"
    page.get_by_role("button", name="Decide…").click()
    dialog.get_by_role("button", name="Take theirs").click()
    expect(page.locator("[data-save-state=saved]")).to_be_visible()
    page.get_by_role("button", name="Discard").click()
    expect(page.locator("[data-toast=success]")).to_be_visible()
    assert editor.api("GET", "draft/")["document"]["description"] == ""


def test_edits_that_the_server_did_not_get_are_kept_and_offered_to_the_same_person(
    open_page: Callable[..., Watched],
) -> None:
    page, watch = open_page()
    watch.expect("503")
    editor = Editor.open(page, make_flow(page, SMALL))
    page.route(DRAFT, _refuse_to_save)
    editor.select("rest")
    editor.rename("Sleep well")
    expect(page.locator("[data-save-state=failed]")).to_have_text("Not saved: trying again")
    asked: list[str] = []

    def on_dialog(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", on_dialog)
    page.reload()
    assert asked == ["beforeunload"]
    page.unroute(DRAFT)

    editor.wait()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Restore your unsaved edits?")
    expect(dialog).to_contain_text("Changes or moves “Sleep well”")
    dialog.get_by_role("button", name="Decide later").click()
    expect(editor.node("rest")).to_be_visible()
    page.reload()
    editor.wait()
    dialog.get_by_role("button", name="Restore my edits").click()
    expect(editor.node("Sleep well")).to_be_visible()
    assert [node["name"] for node in editor.document()["nodes"]] == ["Sleep well", "start"]
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.includes('unsaved')).length") == 0
    page.reload()
    editor.wait()
    expect(editor.node("Sleep well")).to_be_visible()
    expect(dialog).to_have_count(0)


def _refuse_to_save(route: Route) -> None:
    if route.request.method == "PUT":
        route.fulfill(status=503, content_type="application/json", body='{"detail": "Busy."}')
    else:
        route.continue_()


def test_a_server_that_hangs_is_called_not_saved_within_ten_seconds(page: Page) -> None:
    editor = Editor.open(page, make_flow(page, SMALL))
    page.route(DRAFT, lambda route: None)
    editor.select("rest")
    editor.rename("Hangs")
    expect(page.locator("[data-save-state=saving]")).to_be_visible()
    expect(page.locator("[data-save-state=failed]")).to_be_visible(timeout=10_000)
    page.unroute(DRAFT)
    page.get_by_role("button", name="Try now").click()
    editor.wait_saved()
    assert "Hangs" in [node["name"] for node in editor.document()["nodes"]]


POST = drawing(
    "Posts",
    [
        {"id": "start", "type": "manual", "config": {"example": '{"name": "web-1", "ram": 8}'}},
        {"id": "post", "type": "webhook", "config": {"url": "https://hooks.example.org/x"}},
    ],
    [("start", "out", "post")],
)


def test_content_that_is_no_json_stays_is_counted_and_says_what_to_quote(page: Page) -> None:
    editor = Editor.open(page, make_flow(page, POST))
    publish = page.get_by_role("button", name="Publish", exact=True)
    expect(publish).to_be_enabled()
    editor.select("post")
    typed = '{"host": {{ name }}}'
    editor.write("content", typed)
    editor.field("headers").get_by_placeholder("Name").focus()
    box = editor.field("content").locator("textarea")
    expect(box).to_have_value(typed)
    expect(page.get_by_role("button", name="Show 1 problem")).to_be_visible()
    expect(publish).to_be_disabled()
    expect(publish).to_have_attribute("title", re.compile("Fix the problems first: .* double quotes"))
    expect(editor.field("content")).to_contain_text('Put {{ name }} in double quotes: "{{ name }}".')
    editor.wait_saved()

    page.reload()
    editor.wait()
    expect(publish).to_be_disabled()
    page.get_by_role("button", name="Show 1 problem").click()
    page.get_by_role("list", name="Problems").get_by_role("button").click()
    expect(box).to_be_focused()
    expect(box).to_have_value(typed)
    editor.write("content", '{"host": "{{ name }}", "a": 1}')
    expect(publish).to_be_enabled()
    assert list(editor.document()["nodes"][0]["config"]["content"]) == ["host", "a"]
    page.reload()
    editor.wait()
    editor.select("post")
    expect(box).to_have_value('{\n  "host": "{{ name }}",\n  "a": 1\n}')


def test_settings_that_cannot_be_used_save_and_are_counted(page: Page) -> None:
    editor = Editor.open(page, make_flow(page, POST))
    editor.select("post")
    page.get_by_text("Retry and time limit").click()
    box = page.locator("[data-settings] .hf-field[data-field=timeout] input")
    box.fill("ten apples")
    expect(page.get_by_role("button", name="Show 1 problem")).to_be_visible()
    editor.wait_saved()
    page.reload()
    editor.wait()
    page.get_by_role("button", name="Show 1 problem").click()
    page.get_by_role("list", name="Problems").get_by_role("button").click()
    expect(box).to_be_focused()
    expect(box).to_have_value("ten apples")


def test_a_manual_flow_runs_for_real_with_its_example_as_an_object(page: Page) -> None:
    waits = [
        {"id": "start", "type": "manual", "config": {"example": '{"server_id": 1}'}},
        {"id": "rest", "type": "sleep", "config": {"duration": "1s"}},
    ]
    flow = make_flow(page, drawing("By hand", waits, [("start", "out", "rest")]), is_published=True)
    editor = Editor.open(page, flow)
    page.get_by_role("tab", name="Test").click()
    page.get_by_role("button", name="Run for real…").click()
    dialog = page.get_by_role("dialog")
    payload = dialog.get_by_label("Payload")
    expect(payload).to_have_value('{\n  "server_id": 1\n}')
    for wrong in ('"{}"', "[1]", "7", "{"):
        payload.fill(wrong)
        expect(dialog.get_by_role("button", name="Run", exact=True)).to_be_disabled()
    payload.fill('{"server_id": 1}')
    dialog.get_by_role("button", name="Run", exact=True).click()
    expect(dialog).to_have_count(0)
    expect(editor.node("rest").locator(".hf-node.is-succeeded")).to_be_visible(timeout=20_000)
    run = page.request.get(f"/api/v1/runs/?flow={flow}").json()["results"][0]
    event = page.request.get(f"/api/v1/events/{run['event']}/").json()
    assert event["payload"] == {"server_id": 1}
