"""The one place that decides where a page may send the browser."""

import re

HOME = "/"
_PATH = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,2000}")
_HIDDEN = re.compile(r"%(?:[01][0-9a-f]|7f|5c|2f%2f)", re.IGNORECASE)


def safe_next(wanted: str | None) -> str:
    """`wanted` if it is a path of this site, else the start page.

    A path begins with exactly one slash and holds no backslash and no control character, encoded or not: browsers
    read `//host`, `/\\host` and a tab before either as another site.
    """
    if not wanted or not _PATH.fullmatch(wanted) or _HIDDEN.search(wanted):
        return HOME
    return wanted
