"""The one place where mail goes out: through the server that `EMAIL_URL` names, or into the site's own mailbox."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, ParamSpec, TypeVar

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet

from accounts import audit
from accounts.actors import Actor
from accounts.models import CaughtMail
from accounts.roles import Permission
from accounts.scope import visible
from accounts.services import attempts
from accounts.services.filters import MailFilter, narrowed
from common.egress import EgressError, EgressPolicy, PolicySource
from common.egress.mail import Mail, build
from common.egress.mail_url import mail_server
from common.egress.smtp import Sent, SmtpServer, send_mail
from common.mailbox import MAILBOX_URL
from common.problems import Problem

P = ParamSpec("P")
T = TypeVar("T")

MOST_CAUGHT: Final = 500
MOST_TEXT: Final = 65_536
"""Characters kept of each body of a caught mail."""
TEST_SECONDS: Final = 15.0
TEST_TEXT: Final = "Mail works: this was sent by {url}.\n"
CUT_OFF: Final = "\n[The rest was not kept.]"
# The host is the platform admin's own setting, which no flow can change: naming a server in a private network there
# is the permission to reach it, and that server alone.
_ANY_NETWORK: Final = PolicySource(lambda: EgressPolicy.of(["0.0.0.0/0", "::/0"]))


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose mail it is: the tenant and the run that send it; neither for mails of the program itself."""

    tenant_id: int | None = None
    run_id: str | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """How mail leaves at present.

    Args:
        is_caught: whether mails are kept in the mailbox instead of being sent.
        server: host, port and security of the server, for people; empty when there is none.
        sender: `MAIL_FROM`.
        problem: why no mail can leave, and what to do about it; empty when one can.
    """

    is_caught: bool
    server: str
    sender: str
    problem: str

    @property
    def is_ready(self) -> bool:
        """Whether a mail of the program itself would leave."""
        return not self.problem


def is_caught() -> bool:
    """Whether mails are kept in the mailbox instead of being sent."""
    return bool(settings.EMAIL_URL == MAILBOX_URL)


def server() -> SmtpServer:
    """The platform's mail server.

    Raises:
        EgressError: `smtp_not_configured`: there is none, or the setting cannot be used.
    """
    if not settings.EMAIL_URL:
        raise EgressError(
            "smtp_not_configured",
            "This installation has no mail server.",
            hint="The platform admin sets EMAIL_URL, such as smtp://user:password@host:587/?tls=starttls.",
        )
    try:
        return mail_server(settings.EMAIL_URL)
    except ValueError as error:
        raise EgressError(
            "smtp_not_configured",
            "The mail server of this installation cannot be used.",
            hint=f"EMAIL_URL: {error}",
        ) from error


def need_way() -> None:
    """Stop unless mails have a way to go.

    Raises:
        EgressError: `smtp_not_configured`.
    """
    if not is_caught():
        server()


def status() -> Status:
    """How mail leaves at present; asks nobody outside."""
    sender = str(settings.MAIL_FROM)
    if is_caught():
        return Status(True, "", sender, "")
    try:
        found = server()
    except EgressError as error:
        return Status(False, "", sender, error.told)
    security = {"none": "without TLS", "starttls": "STARTTLS", "tls": "TLS"}[found.security]
    problem = "" if sender else "Mails have no sender. The platform admin sets MAIL_FROM."
    return Status(False, f"{found.host}:{found.port}, {security}", sender, problem)


async def send(mail: Mail, origin: Origin = Origin()) -> Sent:
    """Send a mail, or keep it in the mailbox where mails are caught.

    Raises:
        EgressError: `smtp_not_configured`, and those of `common.egress.smtp.send_mail`.
    """
    if not is_caught():
        return await send_mail(mail, server(), source=_ANY_NETWORK)
    message_id = build(mail).message_id
    await on_a_thread(_keep, mail, origin, message_id)
    return Sent(message_id, {})


async def on_a_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `work` returns; it may use the database. For callers on an event loop."""

    def done() -> T:
        try:
            return work(*args, **kwargs)
        finally:
            connection.close()  # the thread is one of a pool, and may not come back here for days

    return await asyncio.get_running_loop().run_in_executor(None, done)


def _keep(mail: Mail, origin: Origin, message_id: str) -> None:
    """Store a mail once, however often it is tried, and only so many of them."""
    values = {
        "tenant_id": origin.tenant_id,
        "run_id": origin.run_id,
        "sender": mail.sender,
        "to": list(mail.to),
        "cc": list(mail.cc),
        "bcc": list(mail.bcc),
        "subject": mail.subject,
        "text": _bounded(mail.text),
        "html": _bounded(mail.html),
    }
    with transaction.atomic():
        CaughtMail.objects.get_or_create(message_id=message_id, defaults=values)
        too_old = CaughtMail.objects.order_by("-id").values_list("id", flat=True)[
            MOST_CAUGHT : MOST_CAUGHT + 1
        ]
        if too_old:
            CaughtMail.objects.filter(id__lte=too_old[0]).delete()


def _bounded(text: str) -> str:
    clean = text.replace("\x00", "\ufffd")
    return clean if len(clean) <= MOST_TEXT else clean[:MOST_TEXT] + CUT_OFF


def caught_mails(actor: Actor) -> QuerySet[CaughtMail]:
    """The mails that the actor may read, newest first. Those of the program itself hold links that set passwords."""
    rows = visible(CaughtMail, actor).select_related("tenant")
    return rows if actor.may(Permission.manage_platform) else rows.exclude(run_id=None)


def latest_mails(actor: Actor, query: Mapping[str, str], most: int) -> QuerySet[CaughtMail]:
    """The newest of them that meet the query, without their texts."""
    return narrowed(MailFilter, caught_mails(actor), query).defer("text", "html")[:most]


def empty_mailbox(actor: Actor) -> None:
    """Throw away all mails that were caught."""
    actor.need(Permission.manage_platform)
    with transaction.atomic():
        count = CaughtMail.objects.all().delete()[0]
        audit.record(actor, "emptied", "mailbox", "1", tenant_id=None, changes={"mails": count})


def send_test(actor: Actor, recipient: str) -> None:
    """Send a mail that says that mail works; waits for the server's answer.

    Raises:
        Problem: 502 `mail_failed`, with what went wrong and what to do; 429 after ten in a minute.
    """
    actor.need(Permission.manage_platform)
    attempts.begin("test_mail", [f"account {actor.user_id}"])
    mail = Mail(
        settings.MAIL_FROM, [recipient], "Test mail from hookflow", TEST_TEXT.format(url=settings.SITE_URL)
    )
    try:
        sent = asyncio.run(asyncio.wait_for(send(mail), TEST_SECONDS))
    except TimeoutError as error:
        raise Problem(
            502, "mail_failed", "The mail server did not answer in time.", hint="Check EMAIL_URL."
        ) from error
    except EgressError as error:
        raise Problem(502, "mail_failed", error.message, hint=error.hint) from error
    for reason in sent.refused.values():
        raise Problem(502, "mail_failed", f"The mail server refused {recipient}: {reason[:200]}")
    audit.record(actor, "sent_test_mail", "platform_settings", "1", tenant_id=None, changes={"to": recipient})
