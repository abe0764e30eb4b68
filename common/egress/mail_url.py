"""Reading the address of a mail server from one setting."""

from typing import Final, get_args
from urllib.parse import parse_qsl, unquote, urlsplit

from common.egress.smtp import Security, SmtpServer

_DEFAULT_PORTS: Final = {"smtp": 25, "smtps": 465}
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


def mail_server(url: str) -> SmtpServer:
    """The server that a URL such as `smtp://user:password@host:587/?tls=starttls` names.

    `smtps://` speaks TLS from the start. `?tls=` is `none` or `starttls`; when it is left out, it is `starttls` for
    port 587 and wherever a password is sent, and `none` otherwise. User name and password are percent-decoded.

    Raises:
        ValueError: the URL cannot be used; the text says why.
    """
    parts = urlsplit(url)
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        raise ValueError("Write smtp://user:password@host:587/?tls=starttls or smtps://user:password@host.")
    try:
        port = parts.port or _DEFAULT_PORTS[parts.scheme]
    except ValueError as error:
        raise ValueError("The port must be a number from 1 to 65535.") from error
    username, password = unquote(parts.username or ""), unquote(parts.password or "")
    security = _security(parts.scheme, dict(parse_qsl(parts.query)), port, bool(username))
    if security == "none" and username and parts.hostname not in LOOPBACK:
        raise ValueError("A password is not sent in the clear: use ?tls=starttls or smtps://.")
    return SmtpServer(parts.hostname, port, security, username, password)


def _security(scheme: str, options: dict[str, str], port: int, has_password: bool) -> Security:
    unknown = set(options) - {"tls"}
    if unknown:
        raise ValueError(f"There is no option {sorted(unknown)[0]!r}; the only one is tls.")
    chosen = options.get("tls")
    if scheme == "smtps":
        if chosen not in (None, "tls"):
            raise ValueError("smtps:// speaks TLS from the start; leave ?tls= out, or use smtp://.")
        return "tls"
    if chosen is None:
        return "starttls" if port == 587 or has_password else "none"
    if chosen not in get_args(Security):
        raise ValueError(f"tls is {chosen!r}; write starttls, tls or none.")
    return chosen  # type: ignore[return-value]  # one of the names, as was just asked
