"""Find Chromium for the browser tests: the system's, else Playwright's own, else Debian's package."""

import os
import shutil
from pathlib import Path

from scripts.debian import install
from scripts.shell import Stop

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> str:
    """The path of a Chromium that can be started, installed first when there is none.

    Raises:
        Stop: there is none, and none can be installed here.
    """
    found = on_this_machine()
    if found is None:
        install("chromium")
        found = on_this_machine()
    if found is None:
        raise Stop(
            "The browser tests need Chromium: install it, or run `.venv/bin/playwright install chromium`."
        )
    return found


def on_this_machine() -> str | None:
    """The system's Chromium, else the newest that Playwright downloaded, else None."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    downloaded = sorted(cache.glob("chromium-*/chrome-linux*/chrome"))
    return str(downloaded[-1]) if downloaded else None
