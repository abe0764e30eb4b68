"""Keeping secrets out of everything that is logged, stored, shown or sent.

Two ways find a secret: the name beside it (`password`, `token` ...), and its value, in the forms in which values
travel: for the whole process once `remember_secret` told it, for one task and its threads inside `secrets_known`.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlsplit

import re2

from common.secret_forms import SecretForms

MASK: Final = "********"
"""What stands in a secret's place."""

MAX_LINE: Final = 8192
_KEY_LENGTH: Final = 16

_known = SecretForms()
_known_here: ContextVar[SecretForms | None] = ContextVar("secrets known here", default=None)

_SECRET_ENDINGS: Final = (
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "token",
    "apikey",
    "accesskey",
    "privatekey",
    "secretkey",
    "signingkey",
    "encryptionkey",
    "authkey",
    "authorization",
    "credential",
    "credentials",
    "cookie",
    "sessionid",
    "passwordhash",
    "tokenhash",
)
_HINTS: Final = (
    "pass",
    "pwd",
    "secret",
    "token",
    "key",
    "auth",
    "cookie",
    "session",
    "bearer",
    "basic",
    "hf_",
)
_NAMES: Final = (
    r"(?:passwo?r?d|passphrase|pwd|secret|token|(?:api|access|private|auth|signing)[_-]?key"
    r"|authorization|sessionid)"
)
_MAYBE: Final = re2.compile(
    rf"(?i){_NAMES}[\"']?\s*[:=]|cookie\s*:|(?:bearer|basic)\s+[a-z0-9+/]|hf_[a-z0-9]+_"
)
_NAMED: Final = re.compile(
    rf"""(?ix) (?P<before> {_NAMES} ["']? \s* [:=] \s* (?P<quote>["']?) )
    (?: (?<=") (?:[^"\\]|\\.)* | (?<=') [^']* | (?:(?:bearer|basic|token|digest)\s+)? [^\s"',;&<>)}}\]]+ )"""
)
_COOKIE: Final = re.compile(r"(?i)(cookie\s*:\s*)[^\r\n]+")
_SCHEME: Final = re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9+/._~=-]{8,}")
_USERINFO: Final = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]{0,20}://)[^\s/@?#]{1,300}@")
_OWN_TOKEN: Final = re.compile(r"\bhf_[A-Za-z0-9]+_[A-Za-z0-9_-]{8,}")
_ANSI: Final = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[PX^_][^\x1b]*(?:\x1b\\)?|[ -/]*[0-~])"
)
_UNPRINTABLE: Final = re.compile(
    "[\x00-\x08\x0a-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb]"
)


def remember_secret(*values: str) -> None:
    """Mask these values from now on, until the process ends. Texts under four characters are not sought."""
    _known.add(values)


@contextmanager
def secrets_known(*values: str) -> Iterator[None]:
    """Mask these values inside the block, and those that `know_here` tells in it; in the tasks and threads that take
    its context along, too, and nowhere else: what one tenant calls a secret is a word in the log of another. Blocks
    may nest.
    """
    forms = SecretForms(_known_here.get())
    forms.add(values)
    token = _known_here.set(forms)
    try:
        yield
    finally:
        _known_here.reset(token)


def know_here(*values: str) -> None:
    """Mask these values until the innermost block of `secrets_known` ends; without one, until the process does."""
    here = _known_here.get()
    (_known if here is None else here).add(values)


@lru_cache(maxsize=8192)
def is_secret_name(name: str) -> bool:
    """Whether a field, header or parameter of that name holds a secret, as far as names tell."""
    plain = name.lower().replace("_", "").replace("-", "").replace(" ", "")
    return plain.endswith(_SECRET_ENDINGS)


def redact_text(text: str) -> str:
    """`text` with the secrets masked that are known by value or stand beside a telling name."""
    text = _without_known(text)
    lowered = text.lower()
    for hint in _HINTS:
        if hint in lowered:
            text = _mask_named(text)
            break
    return _USERINFO.sub(rf"\g<scheme>{MASK}@", text) if "://" in text and "@" in text else text


def redact_json(value: Any) -> Any:
    """A copy of a plain JSON value, masked: members whose key tells, and the known secrets in all texts."""
    if isinstance(value, str):
        return _without_known(value)
    if isinstance(value, dict):
        return {
            redact_key(key): _masked(item) if is_secret_name(key) else redact_json(item)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [redact_json(item) for item in value]
    return value


def redact_known(value: Any) -> Any:
    """A copy of a plain JSON value with the known secrets masked; what its members are called does not matter."""
    if isinstance(value, str):
        return _without_known(value)
    if isinstance(value, dict):
        return {_without_known(key): redact_known(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [redact_known(item) for item in value]
    return value


def shown_url(url: str) -> str:
    """A URL as logs may hold it: without user name, query and fragment, and with what looks like a key in its path
    masked, for whoever knows the address of a chat's webhook may write there."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "(an address that cannot be read)"
    path = "/".join(MASK if _looks_like_a_key(segment) else segment for segment in parts.path.split("/"))
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{path}" if parts.netloc else path


def _looks_like_a_key(segment: str) -> bool:
    """Long, and mixed of letters with figures or of both cases, as nobody names things."""
    has_letters = segment.upper() != segment.lower()
    is_mixed = segment not in (segment.lower(), segment.upper()) or any(map(str.isdigit, segment))
    return len(segment) >= _KEY_LENGTH and has_letters and is_mixed


def redact_key(key: str) -> str:
    """A key of an object, with the known secrets masked."""
    return _without_known(key)


def log_line(text: str, limit: int = MAX_LINE) -> str:
    """One safe line of at most `limit` characters.

    Secrets are masked, terminal sequences gone, line ends and invisible characters shown as escapes.
    """
    if len(text) > 4 * limit:
        text = text[: 4 * limit]
    text = redact_text(text)
    if not text.isprintable():
        text = _UNPRINTABLE.sub(_shown, _ANSI.sub("", text))
    if len(text) > limit:
        text = f"{text[:limit]}… (cut)"
    return text


def _without_known(text: str) -> str:
    for forms in (_known, _known_here.get()):
        if forms:
            text = forms.mask(text, MASK)
    return text


def plain_text(text: str) -> str:
    """A text of any number of lines as people may see it: secrets masked, terminal sequences and invisible characters
    gone."""
    return "\n".join(_plain_line(line) for line in text.split("\n"))


def _plain_line(line: str) -> str:
    line = redact_text(line)
    return line if line.isprintable() else _UNPRINTABLE.sub("", _ANSI.sub("", line))


def _shown(match: re.Match[str]) -> str:
    character = match.group()
    return {"\n": "\\n", "\r": "\\r"}.get(character) or (
        f"\\x{ord(character):02x}" if ord(character) < 256 else f"\\u{ord(character):04x}"
    )


def _masked(value: Any) -> Any:
    """What stands for the value of a secret's name: whether there is one stays visible."""
    if value is None or isinstance(value, bool) or value in ("", [], {}):
        return value
    return MASK


def _mask_named(text: str) -> str:
    try:
        if not _MAYBE.search(text):
            return text
    except UnicodeEncodeError:
        text = text.encode("utf-8", "replace").decode()
    text = _NAMED.sub(rf"\g<before>{MASK}", text)
    text = _COOKIE.sub(rf"\1{MASK}", text)
    text = _SCHEME.sub(rf"\1 {MASK}", text)
    return _OWN_TOKEN.sub(MASK, text)
