"""A link by mail for someone who forgot the password."""

import asyncio
import threading
from datetime import timedelta

import structlog
from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator

from accounts.links import site_link
from accounts.models import User
from accounts.services import attempts, sessions
from accounts.services import mail as post
from common.egress.errors import EgressError
from common.egress.mail import Mail

logger = structlog.get_logger(__name__)

TEXT = """Someone, probably you, asked for a new password for {email}{where} on hookflow.

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
MAILS = attempts.Limit(20, timedelta(hours=1))


def send(email: str) -> None:
    """Send a link for each account of the address that signs in. Returns before the mails go out.

    Mails are sent on threads of their own, so that the time of the answer does not tell whether there is one. Past
    twenty asked for in an hour none goes out, and nothing is said of it: whoever asks for another's cannot shut the
    owner out, and the owner has links enough.
    """
    asked = attempts.count("reset_mail", {email: MAILS})
    people = User.objects.select_related("tenant").filter(email=email).order_by("pk")[: sessions.MOST]
    able = [user for user in people if _is_able(user)]
    for user in able or [User(pk=0, email=email)]:  # the same work when there is nobody
        link = site_link("accounts:set-anew", user.pk, _links.make_token(user))
        text = TEXT.format(email=user.email, link=link, where=_where(user) if len(able) > 1 else "")
        subject = "New password for hookflow"
        mail = Mail(sender=settings.MAIL_FROM, to=[user.email], subject=subject, text=text)
        if able and not asked.over:
            threading.Thread(target=_deliver, args=[mail], name="reset-mail", daemon=True).start()


def user_of(user_id: int, token: str) -> User | None:
    """The user whose link this is; None for a wrong, used or old one."""
    user = User.objects.select_related("tenant").filter(pk=user_id).first()
    return user if user and _is_able(user) and _links.check_token(user, token) else None


def _is_able(user: User) -> bool:
    return user.can_sign_in and user.has_usable_password()


def _where(user: User) -> str:
    return f" at {user.tenant.name}" if user.tenant else " of the platform"


def _deliver(mail: Mail) -> None:
    try:
        asyncio.run(post.send(mail))
    except EgressError as error:
        logger.warning("reset_mail_failed", error=str(error))
