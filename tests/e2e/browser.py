"""Chromium, and pages in it that are watched."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, Playwright

from scripts.chromium import find_chromium
from tests.e2e.watch import Watch

# Without these, Chromium looks for its maker's hosts in the background.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE = {"width": 1440, "height": 900}
NARROW = {"width": 390, "height": 844}


def launch(playwright: Playwright) -> Browser:
    """The Chromium of this machine, without a window."""
    path = os.environ.get("CHROMIUM") or find_chromium()
    return playwright.chromium.launch(executable_path=path, args=ARGUMENTS)


@contextmanager
def watched_page(browser: Browser, origin: str, **options: Any) -> Iterator[tuple[Page, Watch]]:
    """A page in a context of its own; faults that nobody expected fail the test at the end."""
    with browser.new_context(base_url=origin, **{"viewport": WIDE, **options}) as context:
        context.set_default_timeout(15_000)
        page = context.new_page()
        watch = Watch(page, origin)
        yield page, watch
    watch.check()
