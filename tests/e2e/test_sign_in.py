"""Guessing passwords. Alone and late in the suite: afterwards this address cannot sign in for a minute."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.conftest import Watched
from tests.e2e.people import sign_in


def test_who_guesses_passwords_is_told_to_wait(open_page: Callable[..., Watched]) -> None:
    page, watch = open_page(storage_state=None)
    watch.expect("the server responded with a status of 4")
    page.goto("/sign-in/")
    for number in range(10):
        sign_in(page, "someone@example.org", f"wrong {number}")
        expect(page.get_by_role("alert")).to_be_visible()
    sign_in(page, "someone@example.org", "wrong again")
    expect(page.get_by_text("too many tries")).to_be_visible()
    expect(page.get_by_text("Wait a minute")).to_be_visible()
