"""Looks over a page's shoulder: what a person does not see may still be wrong."""

from playwright.sync_api import ConsoleMessage, Page, Request

QUIET = ("data:", "blob:", "about:")


class Watch:
    """Writes down errors in the console (refusals of the content policy are among them), and strange requests.

    Args:
        page: the page, before it opens anything.
        origin: the only place that it may ask.
    """

    def __init__(self, page: Page, origin: str) -> None:
        self.faults: list[str] = []
        self.expected: list[str] = []
        self._origin = origin
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.faults.append(f"exception: {error}"))
        page.on("request", self._on_request)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(f"console: {message.text} ({message.location.get('url')})")

    def _on_request(self, request: Request) -> None:
        is_ours = request.url.startswith((f"{self._origin}/", *QUIET))
        if not is_ours:
            self.faults.append(f"request to another host: {request.url}")

    def expect(self, text: str) -> None:
        """A fault with this text belongs to the test."""
        self.expected.append(text)

    def check(self) -> None:
        """Nothing but what was expected."""
        strange = [fault for fault in self.faults if not any(text in fault for text in self.expected)]
        assert not strange, "\n".join(strange)
