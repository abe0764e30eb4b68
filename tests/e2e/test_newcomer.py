"""A newcomer's first flow in the demo: drawn, switched on, started by a server made in the inventory, its mail read."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.browser import watched_page
from tests.e2e.editor import Editor
from tests.e2e.people import first_sign_in
from tests.e2e.receivers import Sink
from tests.support.site import Site

pytestmark = [pytest.mark.timeout(420)]

MOST_CLICKS = 40
COUNT = "addEventListener('pointerdown', () => window.countClick(), true)"


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Site]:
    """What `make run` starts: no mail server is set, so the mailbox catches the mails."""
    running = Site(tmp_path / "data", HOOKFLOW_LOCAL_DEMO="1").start()
    yield running
    running.stop()


def test_a_newcomer_gets_a_mail_and_a_webhook_from_a_server_in_forty_clicks(
    browser: Browser, demo: Site, sink: Sink
) -> None:
    with watched_page(browser, demo.url) as (page, _):
        first_sign_in(page, demo.one_time_password())
        clicks: list[None] = []
        page.expose_function("countClick", lambda: clicks.append(None))
        page.add_init_script(COUNT)
        page.set_default_timeout(30_000)
        walk(page, f"{sink.url}/newcomer", "big-7.example.org")
        delivery = sink.wait_for("/newcomer")
        assert delivery.body["hostname"] == "big-7.example.org"
        assert 20 < len(clicks) <= MOST_CLICKS


def walk(page: Page, url: str, hostname: str) -> None:
    """From the overview to the mail, by mouse and by typing; no address is typed and nothing asked of the API."""
    page.goto("/")
    page.get_by_role("link", name="New flow").first.click()
    page.get_by_label("Name").fill("Big servers")
    page.get_by_role("button", name="Open the editor").click()
    editor = Editor(page).wait()
    editor.wait_still()
    _draw(editor, url)
    page.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_role("button", name="Publish and switch on").click()
    expect(page.locator(".hf-title-state .badge").first).to_have_text("Version 1")
    _create_server(page, hostname)
    page.get_by_role("link", name="Mailbox").first.click()
    mail = page.get_by_role("link", name=f"{hostname} is here").first
    expect(mail).to_be_visible(timeout=60_000)
    mail.click()
    expect(page.get_by_role("main")).to_contain_text("Your server has 16384 MB.")


def _draw(editor: Editor, url: str) -> None:
    name = editor.page.locator(".hf-node-name").first.inner_text()
    _behind(editor, name, "Out", "filter")
    _fill(editor.field("field").locator("input"), "ram")
    _pick(editor, "operation", "≥")
    _write(editor, "value", "8192")
    _behind(editor, "Filter", "True", "default enricher")
    _pick(editor, "table", "User")
    _fill(editor.field("input_field").locator("input"), "userid")
    _fill(editor.field("as_field").locator("input"), "owner")
    _behind(editor, "Default enricher", "Out", "send mail")
    editor.field("to").get_by_role("button", name="Add").click()
    _write(editor, "to.0", "{{ owner.email }}")
    _write(editor, "subject", "{{ hostname }} is here")
    _write(editor, "content", "Your server has {{ ram }} MB.")
    editor.select("Default enricher")
    _behind(editor, "Default enricher", "Out", "webhook")
    _write(editor, "url", url)
    expect(editor.page.get_by_role("button", name="Publish", exact=True)).to_be_enabled()


def _behind(editor: Editor, source: str, port: str, query: str) -> None:
    page = editor.page
    if page.get_by_label("Name of the node").count() == 0:
        editor.select(source)
    page.get_by_role("button", name=f"Connect {port} of {source} to…").click()
    page.get_by_role("button", name="A new node…").click()
    editor.choose(query)
    editor.wait_still()


def _fill(box: Locator, text: str) -> None:
    box.click()
    box.fill(text)


def _pick(editor: Editor, path: str, label: str) -> None:
    editor.field(path).locator("select").click()
    editor.page.keyboard.press("Escape")
    editor.pick(path, label)


def _write(editor: Editor, path: str, text: str) -> None:
    editor.field(path).locator("textarea:visible, .cm-content:visible").first.click()
    editor.write(path, text)


def _create_server(page: Page, hostname: str) -> None:
    page.get_by_role("link", name="Inventory").first.click()
    page.get_by_role("link", name="Create server").first.click()
    values = {"hostname": hostname, "vmid": "7007", "cpu": "4", "ram": "16384", "disk": "100"}
    for name, value in values.items():
        _fill(page.locator(f"main [name={name}]"), value)
    owner = page.locator("main [name=userid]")
    owner.click()
    page.keyboard.press("Escape")
    grace = owner.locator("option", has_text="grace@example.org")
    owner.select_option(value=grace.get_attribute("value"))
    page.get_by_role("button", name="Create server").click()
    expect(page.get_by_role("heading", name=hostname)).to_be_visible()
