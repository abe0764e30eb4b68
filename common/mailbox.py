"""The mail setting that keeps mails on a page of the site instead of sending them."""

from typing import Final

MAILBOX_URL: Final = "mailbox:"
MAILBOX_SENDER: Final = "hookflow@example.org"
"""Who writes what is caught, where `MAIL_FROM` names nobody."""
