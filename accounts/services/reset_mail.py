"""A link by mail for someone who forgot the password."""

import asyncio
import threading

import structlog
from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator

from accounts.links import site_link
from accounts.models import User
from accounts.services import mail as post
from common.egress.errors import EgressError
from common.egress.mail import Mail

logger = structlog.get_logger(__name__)

TEXT = """Someone, probably you, asked for a new password for {email} on hookflow.

Open this link within one hour and choose one:

{link}

If it was not you, do nothing: the password stays as it is.
"""


class _Links(PasswordResetTokenGenerator):
    """Bound to password, role, tenant, state and last sign-in: used once, it ends."""

    key_salt = "accounts.reset_mail"

    def _make_hash_value(self, user: object, timestamp: int) -> str:
        assert isinstance(user, User)  # noqa: S101  # for the type checker
        return f"{user.pk}{user.get_session_auth_hash()}{user.last_login}{timestamp}{user.email}"


_links = _Links()


def send(email: str) -> None:
    """Send the link, if the address has an account that can sign in. Returns before the mail goes out.

    The mail is sent on a thread of its own, so that the time of the answer does not tell whether there is one.
    """
    user = User.objects.select_related("tenant").filter(email=email).first()
    if user is None or not user.can_sign_in or not user.has_usable_password():
        return
    link = site_link("accounts:set-anew", user.pk, _links.make_token(user))
    text = TEXT.format(email=user.email, link=link)
    mail = Mail(sender=settings.MAIL_FROM, to=[user.email], subject="New password for hookflow", text=text)
    threading.Thread(target=_deliver, args=[mail], name="reset-mail", daemon=True).start()


def user_of(user_id: int, token: str) -> User | None:
    """The user whose link this is; None for a wrong, used or old one."""
    user = User.objects.select_related("tenant").filter(pk=user_id).first()
    return (
        user
        if user and user.can_sign_in and user.has_usable_password() and _links.check_token(user, token)
        else None
    )


def _deliver(mail: Mail) -> None:
    try:
        asyncio.run(post.send(mail))
    except EgressError as error:
        logger.warning("reset_mail_failed", error=str(error))
