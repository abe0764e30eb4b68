"""Who uses the site in the tests, and how they sign in."""

from playwright.sync_api import Page, expect

ADMIN = "admin@example.org"
PASSWORD = "a long password of our own"


def first_sign_in(page: Page, one_time_password: str, email: str = ADMIN) -> None:
    """Sign in with the printed password and replace it, as the site demands."""
    page.goto("/")
    sign_in(page, email, one_time_password)
    expect(page.get_by_role("heading", name="Choose your password")).to_be_visible()
    page.goto("/flows/")
    expect(page.get_by_role("heading", name="Choose your password")).to_be_visible()
    for box in page.locator("input[type=password]").all():
        box.fill(PASSWORD)
    page.get_by_role("button", name="Save the password").click()
    expect(page.get_by_role("navigation").first).to_be_visible()


def sign_in(page: Page, email: str, password: str) -> None:
    """Fill in the sign-in form and send it."""
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()
