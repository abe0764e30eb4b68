"""Building a mail from checked parts: no value can add a recipient, a header or a line."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.headerregistry import Address, HeaderRegistry
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any, Final
from uuid import uuid4

import idna

from common.egress.errors import EgressError

MAX_RECIPIENTS: Final = 100
MAX_SUBJECT: Final = 200

_UNSAFE: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_ADDRESS: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[^\s@]{1,253}")
# Seven bits: not every server on the way takes eight.
_POLICY: Final = SMTP.clone(cte_type="7bit")
_BAD_IN_BODY: Final = re.compile(r"[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as its writer means it.

    Args:
        sender: one address, with or without a display name.
        to, cc, bcc: addresses, one each.
        subject: one line of at most 200 characters.
        text: the plain body.
        html: the HTML body, or empty.
        message_id: without angle brackets; the same for every try of one mail. Empty makes a new one.
    """

    sender: str
    to: Sequence[str]
    subject: str
    text: str
    html: str = ""
    cc: Sequence[str] = field(default_factory=tuple)
    bcc: Sequence[str] = field(default_factory=tuple)
    reply_to: str = ""
    message_id: str = ""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the mail server is told, and the message itself."""

    sender: str
    recipients: tuple[str, ...]
    message: bytes
    message_id: str


def check_address(text: str, what: str = "address") -> Address:
    """One mail address, with or without a display name; the domain comes back in ASCII.

    Raises:
        EgressError: `bad_address`, naming `what`.
    """
    if len(text) > 400 or _UNSAFE.search(text):
        raise _bad_address(what)
    header = _parsed(text.strip(), what)
    if (
        header.defects
        or len(header.addresses) != 1
        or len(header.groups) != 1
        or header.groups[0].display_name
    ):
        raise _bad_address(what)
    found = header.addresses[0]
    if not _ADDRESS.fullmatch(found.addr_spec) or ".." in found.username or found.username[:1] == ".":
        raise _bad_address(what)
    return Address(found.display_name, found.username, _domain(found.domain, what))


def build(mail: Mail) -> Envelope:
    """Check every part and put the message together.

    Raises:
        EgressError: `bad_address`, `bad_mail`.
    """
    sender = check_address(mail.sender, "sender")
    lists = {
        name: [check_address(text, name) for text in getattr(mail, name)] for name in ("to", "cc", "bcc")
    }
    recipients = tuple(dict.fromkeys(address.addr_spec for part in lists.values() for address in part))
    if not 1 <= len(recipients) <= MAX_RECIPIENTS:
        raise _bad_mail(f"A mail needs 1 to {MAX_RECIPIENTS} recipients.", "to")
    if len(mail.subject) > MAX_SUBJECT or _UNSAFE.search(mail.subject):
        raise _bad_mail(f"The subject must be one line of at most {MAX_SUBJECT} characters.", "subject")
    message_id = _message_id(mail.message_id, sender.domain)
    message = EmailMessage(policy=_POLICY)
    message["From"] = sender
    message["To"] = lists["to"]
    if lists["cc"]:
        message["Cc"] = lists["cc"]
    if mail.reply_to:
        message["Reply-To"] = check_address(mail.reply_to, "reply_to")
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = f"<{message_id}>"
    _add_bodies(message, mail)
    return Envelope(sender.addr_spec, recipients, message.as_bytes(), message_id)


def _parsed(text: str, what: str) -> Any:
    try:
        return HeaderRegistry()("to", text)
    except Exception as error:  # the parser has its own bugs, such as IndexError for "a@"
        raise _bad_address(what) from error


def _add_bodies(message: EmailMessage, mail: Mail) -> None:
    message.set_content(_BAD_IN_BODY.sub("\ufffd", mail.text))
    if mail.html:
        message.add_alternative(_BAD_IN_BODY.sub("\ufffd", mail.html), subtype="html")


def _message_id(text: str, domain: str) -> str:
    if not text:
        return f"{uuid4().hex}@{domain}"
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,100}(@[A-Za-z0-9.-]{1,100})?", text):
        raise _bad_mail("The message id has a character that ids do not have.", None)
    return text if "@" in text else f"{text}@{domain}"


def _domain(domain: str, what: str) -> str:
    try:
        ascii_domain = domain if domain.isascii() else idna.encode(domain, uts46=True).decode()
    except (idna.IDNAError, UnicodeError):
        raise _bad_address(what) from None
    if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?", ascii_domain) or ".." in ascii_domain:
        raise _bad_address(what)
    return ascii_domain


def _bad_address(what: str) -> EgressError:
    return EgressError(
        "bad_address",
        f"The {what.replace('_', ' ')} is not one mail address.",
        hint="Write one address, such as ops@example.org, in each place.",
        field=what,
    )


def _bad_mail(message: str, name: str | None) -> EgressError:
    return EgressError("bad_mail", message, hint="Correct the mail.", field=name)
