"""`python -m tests.e2e.screenshots [folder]`: pictures of the main pages of the demo, and the one in the README.

Starts the whole program on an empty data folder of its own, lets events run through it, and stops.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from scripts.shell import ROOT, main_guard, say
from tests.e2e.api import ask, make_flow, start_run
from tests.e2e.browser import NARROW, WIDE, launch
from tests.e2e.editor import Editor
from tests.e2e.people import first_sign_in
from tests.e2e.pictured import OWNER, drawing_for_pictures
from tests.e2e.receivers import Mailbox, Sink
from tests.support.processes import wait_until
from tests.support.site import Site

README_PICTURE = ROOT / "docs" / "images" / "editor.png"
SHAPES = {"wide": WIDE, "narrow": NARROW}


def main() -> int:
    """Make all pictures; the README's goes to its place, the others into the folder."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "test-results" / "screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    mailbox, sink = Mailbox(), Sink()
    with tempfile.TemporaryDirectory(prefix="hf-pictures-") as data, sync_playwright() as playwright:
        site = Site(
            Path(data), HOOKFLOW_LOCAL_DEMO="1", EMAIL_URL=mailbox.url, MAIL_FROM="hookflow@example.org"
        )
        try:
            site.start()
            browser = launch(playwright)
            cookies = Path(data) / "cookies.json"
            pages = _prepare(browser, site, sink, cookies)
            for name, address in pages.items():
                for scheme in ("light", "dark"):
                    _picture(browser, site, cookies, folder, name, address, scheme)
            browser.close()
        finally:
            site.stop()
            sink.stop()
            mailbox.stop()
    say(f"The pictures are in {folder}; the README's is {README_PICTURE.relative_to(ROOT)}.")
    return 0


def _prepare(browser: Browser, site: Site, sink: Sink, cookies: Path) -> dict[str, str]:
    """Sign in, make a flow that has run, take the README's picture; the pages by name."""
    with browser.new_context(base_url=site.url, viewport=WIDE, color_scheme="light") as context:
        page = context.new_page()
        first_sign_in(page, site.one_time_password())
        context.storage_state(path=cookies)
        owner = next(
            user for user in ask(page, "GET", "users/?page_size=200")["results"] if user["email"] == OWNER
        )
        sink.answers[f"/owners/{owner['id']}"] = (200, {"tier": "gold"})
        editor = Editor.open(page, make_flow(page, drawing_for_pictures(sink.url), is_published=True))
        server = {"id": 7, "hostname": "db-2.example.org", "ram": 16384, "userid": owner["id"]}
        _let_things_happen(page, owner)
        for memory in (4096, 32768, 2048):
            start_run(page, editor.flow_id, {**server, "ram": memory})
        run = start_run(page, editor.flow_id, server)
        _show_in_editor(page, editor, run)
        return {
            "overview": "/",
            "flows": "/flows/",
            "import": "/flows/#import",
            "runs": "/runs/",
            "resume-failed": "/runs/resume-failed/",
            "run-now": f"/flows/{editor.flow_id}/run/",
            "flow-settings": f"/flows/{editor.flow_id}/settings/",
            "audit": "/audit/",
            "settings": "/settings/",
            "credentials": "/credentials/",
            "credential-types": "/credentials/new/",
            "users": "/users/",
            "tokens": "/tokens/",
            "editor": f"/flows/{editor.flow_id}/",
            "run": f"/runs/{run}/",
            "events": "/events/",
            "inventory": "/inventory/servers/",
            "sign-in": "/sign-in/",
            "api": "/api/docs/",
        }


def _let_things_happen(page: Page, owner: dict[str, Any]) -> None:
    """Servers come into the inventory, which starts the demo's flow."""
    for number, memory in enumerate((16384, 2048, 65536), start=1):
        server = {
            "vmid": 2000 + number,
            "hostname": f"app-{number}.example.org",
            "ram": memory,
            "cpu": number,
        }
        ask(page, "POST", "inventory/servers/", {**server, "userid": owner["id"], "tenant": owner["tenant"]})


def _show_in_editor(page: Page, editor: Editor, run: str) -> None:
    wait_until(lambda: ask(page, "GET", f"runs/{run}/")["status"] == "succeeded", "The run succeeds")
    page.wait_for_timeout(1500)
    page.set_viewport_size({"width": 1680, "height": 920})
    editor.select("Tell the shop")
    page.get_by_role("button", name="Fit View").click()
    editor.wait_still()
    README_PICTURE.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=README_PICTURE)


def _picture(
    browser: Browser, site: Site, cookies: Path, folder: Path, name: str, address: str, scheme: str
) -> None:
    for shape, viewport in SHAPES.items():
        who = None if name == "sign-in" else cookies
        with browser.new_context(
            base_url=site.url, viewport=viewport, color_scheme=scheme, storage_state=who
        ) as context:
            page = context.new_page()
            page.goto(address)
            if name == "editor":
                Editor(page).wait().wait_still()
            page.wait_for_timeout(1200)
            if (
                shape == "narrow" and name != "editor"
            ):  # what lies below the edge is drawn only when it is in view
                height = max(viewport["height"], page.evaluate("document.documentElement.scrollHeight"))
                page.set_viewport_size({"width": viewport["width"], "height": min(height, 2400)})
                page.wait_for_timeout(300)
            page.screenshot(path=folder / f"{name}-{scheme}-{shape}.png")


if __name__ == "__main__":
    main_guard(main)
