"""The node's panel: the order of wires, calling a webhook; what a viewer is shown; where the focus goes."""

import os
import re
import subprocess
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.api import ask, drawing, make_flow
from tests.e2e.conftest import Watched
from tests.e2e.editor import Editor
from tests.e2e.people import first_sign_in

FAN = drawing(
    "Fan",
    [
        {"id": "start", "type": "manual", "config": {}},
        *({"id": name, "type": "sleep", "config": {"duration": "1s"}} for name in ("one", "two", "three")),
    ],
    [("start", "out", name) for name in ("one", "two", "three")],
)
HOOK = drawing(
    "Called",
    [
        {"id": "call", "type": "inbound-webhook", "config": {"example": '{"name": "it\'s web-1"}'}},
        {"id": "rest", "type": "sleep", "config": {"duration": "1s"}},
    ],
    [("call", "out", "rest")],
)


def targets(editor: Editor) -> list[str]:
    return [edge["to"] for edge in editor.document()["edges"]]


def test_the_wires_of_an_output_are_numbered_and_moved_by_keys_and_mouse(page: Page) -> None:
    editor = Editor.open(page, make_flow(page, FAN))
    expect(page.locator(".hf-wire-order")).to_have_text(["1", "2", "3"])
    editor.select("start")
    rows = page.get_by_role("list", name="Order of").get_by_role("listitem")
    expect(rows).to_have_count(3)
    later = page.get_by_role("button", name="Run one later")
    later.focus()
    page.keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_contain_text("one")
    expect(page.get_by_role("button", name="Run one later")).to_be_focused()
    page.keyboard.press("Enter")
    expect(rows.nth(2)).to_contain_text("one")
    assert targets(editor) == ["two", "three", "one"]
    rows.nth(2).drag_to(rows.nth(0))
    expect(rows.nth(0)).to_contain_text("one")
    assert targets(editor) == ["one", "two", "three"]
    rows.nth(0).get_by_role("button", name="Run one later").click()
    assert targets(editor) == ["two", "one", "three"]
    exported = editor.page.request.get(f"/api/v1/flows/{editor.flow_id}/export/?version=draft").json()
    assert [edge["to"] for edge in exported["edges"]] == ["two", "one", "three"]
    page.get_by_role("button", name=re.compile("^Undo: Run the wire to one")).click()
    expect(rows.nth(0)).to_contain_text("one")
    assert targets(editor) == ["one", "two", "three"]


def called(line: str) -> str:
    """What a terminal prints for the line, the status last."""
    done = subprocess.run(
        ["bash", "-c", f"{line} -sS --noproxy '*' -w '%{{http_code}}'"],
        capture_output=True, text=True, check=True, timeout=30, env={"PATH": os.environ["PATH"]},
    )  # fmt: skip
    return done.stdout


def test_the_panel_of_a_webhook_gives_lines_that_call_it(open_page: Callable[..., Watched]) -> None:
    page, watch = open_page()
    watch.expect("hook/secret/")
    editor = Editor.open(page, make_flow(page, HOOK))
    editor.publish(1)
    editor.select("call")
    box = page.get_by_role("region", name="Calling this webhook")
    expect(box.get_by_label("Address", exact=True)).to_have_value(re.compile(r"/hooks/[\w-]+/$"))
    expect(box).to_contain_text("every call is refused")
    box.get_by_role("button", name="Make the secret").click()
    expect(box.get_by_label("The new secret, shown this once", exact=True)).to_have_value(re.compile(".{20}"))
    made = box.get_by_label("The new secret, shown this once", exact=True).input_value()
    lines = box.get_by_label("Try it in a terminal", exact=True).input_value()
    assert "curl 'http" in lines
    host = page.evaluate("location.origin")
    local = re.sub(r"https?://[^/']+/hooks/", f"{host}/hooks/", lines)
    assert called(local).endswith("202")
    expect(editor.node("rest").locator(".hf-node.is-succeeded")).to_be_visible(timeout=20_000)
    run = page.request.get(f"/api/v1/runs/?flow={editor.flow_id}").json()["results"][0]
    assert page.request.get(f"/api/v1/events/{run['event']}/").json()["payload"] == {"name": "it's web-1"}
    page.reload()
    editor.wait().select("call")
    expect(box).to_contain_text("The secret is not shown again")
    box.get_by_role("button", name="Make a new secret").click()
    page.get_by_role("dialog").get_by_role("button", name="Keep").click()
    expect(box.get_by_label("The new secret, shown this once", exact=True)).to_have_count(0)
    theirs = box.get_by_label("Secret from the other system", exact=True)
    theirs.fill("too short")
    box.get_by_role("button", name="Use it").click()
    page.get_by_role("dialog").get_by_role("button", name="Use this secret").click()
    expect(box.get_by_role("alert")).to_contain_text("16")
    expect(theirs).to_have_value("too short")
    theirs.fill("whsec-of-the-other-system")
    box.get_by_role("button", name="Use it").click()
    page.get_by_role("dialog").get_by_role("button", name="Use this secret").click()
    expect(theirs).to_have_value("")
    assert called(local).endswith("401")
    assert called(local.replace(made, "whsec-of-the-other-system")).endswith("202")
    box.get_by_label("With a new one, the secret in use").select_option("is taken for another day")
    box.get_by_role("button", name="Make a new secret").click()
    page.get_by_role("dialog").get_by_role("button", name="Make a new secret").click()
    expect(box).to_contain_text("The secret before is taken, too, until")
    assert called(local.replace(made, "whsec-of-the-other-system").replace("web-1", "web-2")).endswith("202")
    box.get_by_role("button", name="End it now").click()
    page.get_by_role("dialog").get_by_role("button", name="End it").click()
    expect(box).not_to_contain_text("The secret before is taken")


def test_a_viewer_sees_no_button_that_would_be_refused(page: Page, open_page: Callable[..., Watched]) -> None:
    page.goto("/flows/")
    tenant = ask(page, "GET", "tenants/")["results"][0]["id"]
    viewer = {"name": "Vito", "email": "vito@example.org", "role": "viewer", "tenant": tenant}
    password = ask(page, "POST", "users/", viewer)["one_time_password"]
    theirs, _ = open_page(storage_state=None)
    refused: list[str] = []
    theirs.on("response", lambda answer: refused.append(answer.url) if answer.status == 403 else None)
    first_sign_in(theirs, password, "vito@example.org")
    theirs.goto("/flows/")
    switch = (
        theirs.get_by_role("row").filter(has_text="Greet the owner of a large server").get_by_role("switch")
    )
    for one in switch.all():
        expect(one).to_be_disabled()
    theirs.get_by_role("link", name="Greet the owner of a large server").click()
    editor = Editor(theirs).wait()
    on = theirs.get_by_role("switch", name="The flow is on")
    expect(on).to_be_disabled()
    expect(theirs.locator(".hf-switch")).to_have_attribute("title", re.compile("takes the right to publish"))
    for tab in ("Outline", "Problems", "Test", "Versions", "History", "Flow"):
        theirs.get_by_role("tab", name=tab).click()
        expect(theirs.get_by_role("tabpanel")).not_to_contain_text("Loading")
        for word in ("Restore", "Discard", "Dry run", "Run for real…", "Add a node", "Publish", "Undo:"):
            expect(theirs.get_by_role("button", name=word)).to_have_count(0)
    expect(theirs.get_by_label("Name", exact=True)).to_be_disabled()
    editor.select("Look up the owner")
    theirs.keyboard.press("Control+d")
    theirs.keyboard.press("n")
    expect(theirs.get_by_label("Name of the node")).not_to_be_editable()
    assert refused == []


def test_after_a_dialog_the_focus_is_where_it_was(page: Page) -> None:
    editor = Editor.open(page, make_flow(page, FAN))
    publish = page.get_by_role("button", name="Publish", exact=True)
    publish.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(publish).to_be_focused()
    more = page.get_by_role("button", name="More", exact=True)
    for entry in ("Import…", "Keys"):
        more.click()
        page.get_by_role("button", name=entry).click()
        page.get_by_role("dialog").get_by_role("button", name="Close").click()
        expect(more).to_be_focused()
    editor.publish(1)
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.evaluate("document.activeElement !== document.body")
