"""What a new admin does first: draw a flow by hand, send an event, watch it run, take the drawing along."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Watched
from tests.e2e.editor import Editor
from tests.e2e.receivers import Mailbox, Sink
from tests.support.site import Site

pytestmark = [pytest.mark.timeout(300)]

NODES = ("New server", "Big?", "Owner", "Ask billing", "Tell ops", "Tell the shop")


def test_a_new_admin_draws_a_flow_and_sees_an_event_run_through_it(
    open_page: Callable[..., Watched], site: Site, sink: Sink, mailbox: Mailbox, tmp_path: Path
) -> None:
    page, _ = open_page(accept_downloads=True)
    owner = _customer(page)
    sink.answers[f"/owners/{owner['id']}"] = (200, {"tier": "gold"})
    editor = Editor.new_flow(page, "Big servers")

    _draw(editor, sink)
    _find_and_fix_the_mistake(editor)
    editor.publish(1)

    token = _make_token(page)
    server = {"id": 7, "hostname": "big-1.example.org", "ram": 16384, "userid": owner["id"]}
    _send_event(site, token, server)
    _see_it_live(editor)
    _find_what_was_sent(mailbox, sink, owner)
    _look_at_the_run(editor)
    _take_it_along(page, editor, tmp_path)


def _customer(page: Page) -> dict[str, object]:
    users = page.request.get("/api/v1/users/?page_size=200").json()["results"]
    found: dict[str, object] = next(user for user in users if user["email"] == "grace@example.org")
    return found


def _draw(editor: Editor, sink: Sink) -> None:
    editor.drag_from_palette("event", 60, 200)
    editor.rename("New server")
    editor.pick("event", "server.created")
    editor.drag_from_palette("filter", 400, 200)
    editor.rename("Big?")
    editor.write("field", "ram")
    editor.pick("operation", "≥")
    editor.write("value", "8192")
    editor.drag_wire("New server", "out", "Big?")

    editor.add_behind("Big?", "true", "default enricher")
    editor.rename("Owner")
    editor.pick("table", "User")
    editor.write("input_field", "userid")
    editor.write("as_field", "owner")

    editor.add_behind("Owner", "out", "rest resource")
    editor.rename("Ask billing")
    editor.write("url", f"{sink.url}/owners/{{{{ owner.id }}}}")
    editor.write("as_field", "billing")
    editor.write("example", '{"tier": "gold"}')

    editor.tidy_up()
    editor.drag_wire_to_nothing("Ask billing", "out")
    editor.choose("send mail")
    editor.rename("Tell ops")
    editor.field("to").get_by_role("button", name="Add").click()
    editor.write("to.0", "ops@example.org")
    editor.write("subject", "{{ hostnam }} is here")
    editor.write(
        "content", "{{ owner.username }} ({{ billing.tier }}) has a server with {{ ram / 1024 }} GiB."
    )

    editor.page.locator("[data-node-type=webhook]").click()
    editor.rename("Tell the shop")
    editor.write("url", f"{sink.url}/created")
    editor.write("content", '{"host": "{{ hostname }}", "ram": "{{ ram }}", "tier": "{{ billing.tier }}"}')
    editor.connect_by_keys("Ask billing", "out", "Tell the shop")


def _find_and_fix_the_mistake(editor: Editor) -> None:
    page = editor.page
    publish = page.get_by_role("button", name="Publish", exact=True)
    expect(page.get_by_role("button", name="Show 1 problem")).to_be_visible()
    expect(publish).to_be_disabled()
    editor.wait_saved()
    answer = editor.api("POST", "validate/")["problems"]
    assert [(problem["field"], problem["severity"]) for problem in answer] == [("subject", "error")]
    page.get_by_role("button", name="Show 1 problem").click()
    entry = page.get_by_role("list", name="Problems").get_by_role("button")
    expect(entry).to_contain_text(answer[0]["message"])
    entry.click()
    expect(page.get_by_label("Name of the node")).to_have_value("Tell ops")
    subject = editor.field("subject").locator(".cm-content")
    expect(subject).to_be_focused()
    expect(editor.field("subject").locator(".cm-lintRange")).to_have_text("hostnam")
    page.keyboard.press("Alt+Enter")
    expect(subject).to_have_text("{{ hostname }} is here")
    expect(publish).to_be_enabled()


def _make_token(page: Page) -> str:
    tab = page.context.new_page()
    tab.goto("/")
    tab.get_by_role("link", name=re.compile("tokens", re.IGNORECASE)).first.click()
    tab.get_by_role("link", name="New token").first.click()
    tab.get_by_label("Name").fill("Billing")
    tab.get_by_label("Send events").check()
    tab.get_by_role("button", name="Make the token").click()
    token = tab.locator("[data-token]").inner_text()
    tab.close()
    return token


def _send_event(site: Site, token: str, payload: dict[str, object]) -> None:
    answer = requests.post(
        f"{site.url}/api/v1/events/",
        json={"type": "server.created", "payload": payload},
        headers={"Authorization": f"Bearer {token}"},
        timeout=20,
    )
    assert answer.status_code == 202, answer.text
    assert answer.json()["accepted"][0]["runs"] == 1


def _see_it_live(editor: Editor) -> None:
    for name in NODES:
        expect(editor.node(name).locator(".hf-node.is-succeeded")).to_be_visible(timeout=30_000)
    expect(
        editor.port("Big?", "true").locator("xpath=ancestor::*[contains(@class,'hf-port ')]")
    ).to_have_class(re.compile("is-taken"))


def _find_what_was_sent(mailbox: Mailbox, sink: Sink, owner: dict[str, object]) -> None:
    mail = mailbox.wait_for("ops@example.org")
    assert mail["Subject"] == "big-1.example.org is here"
    text = mail.get_payload(decode=True)
    assert isinstance(text, bytes)
    assert text.decode().strip() == f"{owner['name']} (gold) has a server with 16 GiB."
    delivery = sink.wait_for("/created")
    assert delivery.method == "POST"
    assert delivery.body == {"host": "big-1.example.org", "ram": 16384, "tier": "gold"}
    assert delivery.headers["Idempotency-Key"]


def _look_at_the_run(editor: Editor) -> None:
    run_id = editor.page.request.get(f"/api/v1/runs/?flow={editor.flow_id}").json()["results"][0]["id"]
    page = editor.page.context.new_page()
    page.goto(f"/runs/{run_id}/")
    steps = page.get_by_role("region", name="Steps")
    expect(steps.locator("[data-status=succeeded]")).to_have_count(len(NODES))
    step = steps.locator("[data-step]").filter(has_text="Ask billing")
    step.get_by_role("button").first.click()
    expect(step).to_contain_text("Output")
    expect(step).to_contain_text('"gold"')
    expect(step).to_contain_text("Input")
    expect(page.get_by_role("log")).to_contain_text("The mail server took the mail for 1 recipient.")
    page.close()


def _take_it_along(page: Page, editor: Editor, folder: Path) -> None:
    first = folder / "first.json"
    page.get_by_role("button", name="More", exact=True).click()
    with page.expect_download() as exported:
        page.get_by_role("link", name="Export").click()
    exported.value.save_as(first)
    page.goto("/flows/")
    page.get_by_role("link", name="Import").first.click()
    dialog = page.get_by_role("dialog", name="Import a flow")
    dialog.get_by_label("A file").set_input_files(first)
    expect(dialog.get_by_role("listitem").filter(has_text="Tell the shop")).to_be_visible()
    dialog.get_by_label("Name of the new flow").fill("Big servers, again")
    dialog.get_by_role("button", name="Import as a new flow").click()
    Editor(page).wait()
    page.goto("/flows/")
    row = page.get_by_role("row").filter(has_text="Big servers, again")
    row.get_by_role("button", name="Actions for").click()
    with page.expect_download() as exported:
        row.get_by_role("link", name="Export").click()
    second = folder / "second.json"
    exported.value.save_as(second)
    assert second.read_bytes() == first.read_bytes()
