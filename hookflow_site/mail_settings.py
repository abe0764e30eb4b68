"""The mail settings, checked at the start: else the first mail, perhaps weeks later, would tell."""

from hookflow_site.env import BadSetting


def mail_url(text: str) -> str:
    """The value of `EMAIL_URL`, empty for none.

    Raises:
        BadSetting: no mail server can be read from it.
    """
    if text:
        # What sends mail is loaded where there is mail to send only.
        from common.egress.mail_url import mail_server

        try:
            mail_server(text)
        except ValueError as error:
            raise BadSetting(f"EMAIL_URL cannot be used. {error}") from error
    return text


def mail_from(text: str) -> str:
    """The value of `MAIL_FROM`, empty for none.

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
    return text
