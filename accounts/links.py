"""Links that leave the site: in mail, in answers, in what people copy."""

from django.conf import settings
from django.urls import get_script_prefix, reverse, set_script_prefix


def site_link(view: str, *args: object) -> str:
    """The address of a view on `SITE_URL`, whatever the request at hand says of its host or root."""
    before = get_script_prefix()
    set_script_prefix("/")
    try:
        return on_site(reverse(view, args=args))
    finally:
        set_script_prefix(before)


def on_site(path: str) -> str:
    """The address of a path on `SITE_URL`.

    Raises:
        ValueError: it is no path, and what follows the host would become a part of it.
    """
    if not path.startswith("/"):
        raise ValueError("A path of the site begins with a slash.")
    return f"{settings.SITE_URL}{path}"
