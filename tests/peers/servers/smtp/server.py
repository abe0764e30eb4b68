"""server.py PORT CERT KEY FOLDER: three aiosmtpd servers that store what they accept.

Recipients at invalid.example are refused (550), at busy.example put off (451).
"""

import itertools
import json
import pathlib
import signal
import ssl
import sys

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

USER, PASSWORD = b"hookflow", b"mail-secret"


class Store:
    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.numbers = itertools.count(sum(1 for _ in folder.glob("*.eml")) + 1)

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if address.endswith("@invalid.example"):
            return "550 5.1.1 no such mailbox"
        if address.endswith("@busy.example"):
            return "451 4.3.0 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        number = next(self.numbers)
        facts = {
            "mail_from": envelope.mail_from,
            "rcpt_tos": envelope.rcpt_tos,
            "tls": session.ssl is not None,
            "user": session.auth_data.login.decode() if session.auth_data else None,
            "options": envelope.mail_options,
        }
        (self.folder / f"{number:04}.eml").write_bytes(envelope.original_content)
        (self.folder / f"{number:04}.json").write_text(json.dumps(facts, indent=1) + "\n")
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (USER, PASSWORD)
    return AuthResult(success=good, handled=False, auth_data=data)


def main():
    port, cert, key, folder = int(sys.argv[1]), *sys.argv[2:]
    store = Store(pathlib.Path(folder))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    strict = {"authenticator": authenticate, "auth_required": True}
    options = {"hostname": "127.0.0.1", "enable_SMTPUTF8": True}
    starttls = {"tls_context": context, "require_starttls": True}
    implicit = {"ssl_context": context, "auth_require_tls": False}
    for controller in (
        Controller(store, port=port, **options, **strict, **starttls),
        Controller(store, port=port + 1, **options),
        Controller(store, port=port + 2, **options, **strict, **implicit),
    ):
        controller.start()
    signal.sigwait({signal.SIGTERM, signal.SIGINT})


main()
