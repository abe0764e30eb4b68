"""The mail settings, checked at the start: else the first mail, perhaps weeks later, would tell."""

from common.mailbox import MAILBOX_SENDER, MAILBOX_URL
from hookflow_site.env import BadSetting


def mail_url(text: str, *, is_local_demo: bool) -> str:
    """The value of `EMAIL_URL`, empty for none. A local demo catches its mails unless it is told a server.

    Raises:
        BadSetting: no mail server can be read from it.
    """
    if is_local_demo and not text:
        return MAILBOX_URL
    if text and text != MAILBOX_URL:
        # What sends mail is loaded where there is mail to send only.
        from common.egress.mail_url import mail_server

        try:
            mail_server(text)
        except ValueError as error:
            raise BadSetting(f"EMAIL_URL cannot be used. {error}") from error
    return text


def mail_from(text: str, url: str) -> str:
    """The value of `MAIL_FROM`, empty for none. Mails that are caught need no sender of their own.

    Raises:
        BadSetting: it is no mail address.
    """
    if text:
        from common.egress.errors import EgressError
        from common.egress.mail import check_address

        try:
            check_address(text)
        except EgressError as error:
            raise BadSetting(
                f"MAIL_FROM is {text!r}; write hookflow@example.org or Hookflow <hookflow@example.org>."
            ) from error
    return text or (MAILBOX_SENDER if url == MAILBOX_URL else "")
