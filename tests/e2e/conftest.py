"""One site on a fresh database for all browser tests, and the admin who was the first to sign in."""

import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, sync_playwright

from scripts.shell import ROOT
from tests.e2e.browser import launch, watched_page
from tests.e2e.people import first_sign_in
from tests.e2e.receivers import Mailbox, Sink
from tests.e2e.watch import Watch
from tests.support.site import Site

Watched = tuple[Page, Watch]
PAGES = pytest.StashKey[list[Page]]()


@pytest.fixture(scope="session")
def mailbox() -> Iterator[Mailbox]:
    """The mail server of the site."""
    box = Mailbox()
    yield box
    box.stop()


@pytest.fixture(scope="session")
def sink() -> Iterator[Sink]:
    """The other system."""
    server = Sink()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def site(mailbox: Mailbox) -> Iterator[Site]:
    """What `make run` starts, the demo included; the newcomer's test begins with no tables either."""
    with tempfile.TemporaryDirectory(prefix="hf-e2e-") as folder:
        running = Site(
            Path(folder) / "data",
            HOOKFLOW_LOCAL_DEMO="1",
            EMAIL_URL=mailbox.url,
            MAIL_FROM="hookflow@example.org",
        ).with_tables()
        yield running.start()
        running.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium."""
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def signed_in(browser: Browser, site: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cookies of the first admin, who has replaced the one-time password."""
    cookies = tmp_path_factory.mktemp("admin") / "cookies.json"
    with watched_page(browser, site.url) as (page, _):
        first_sign_in(page, site.one_time_password())
        page.context.storage_state(path=cookies)
    return cookies


@pytest.fixture
def open_page(
    request: pytest.FixtureRequest, browser: Browser, site: Site, signed_in: Path
) -> Iterator[Callable[..., Watched]]:
    """`open_page(**options)` is a watched page of the admin; `storage_state=None` makes it a stranger's."""
    with ExitStack() as stack:

        def make(**options: Any) -> Watched:
            chosen = {"storage_state": signed_in, **options}
            made = stack.enter_context(watched_page(browser, site.url, **chosen))
            request.node.stash.setdefault(PAGES, []).append(made[0])
            return made

        yield make


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep what the pages of a failed test looked like."""
    report = yield
    if report.failed and call.when == "call":
        for number, page in enumerate(item.stash.get(PAGES, [])):
            with suppress(Error):
                page.screenshot(path=ROOT / "test-results" / f"{item.name}-{number}.png")
    return report


@pytest.fixture
def page(open_page: Callable[..., Watched]) -> Page:
    """A watched page of the admin."""
    return open_page()[0]
