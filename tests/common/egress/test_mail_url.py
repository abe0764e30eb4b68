"""The address of the mail server."""

import pytest

from common.egress.mail_url import mail_server
from common.egress.smtp import SmtpServer


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example.org", SmtpServer("mail.example.org", 25, "none")),
        ("smtp://mail.example.org:587", SmtpServer("mail.example.org", 587, "starttls")),
        ("smtp://mail.example.org:587/?tls=none", SmtpServer("mail.example.org", 587, "none")),
        (
            "smtp://u:p%40ss@mail.example.org:2525/",
            SmtpServer("mail.example.org", 2525, "starttls", "u", "p@ss"),
        ),
        ("smtps://u:p@mail.example.org", SmtpServer("mail.example.org", 465, "tls", "u", "p")),
        ("smtp://u:p@127.0.0.1:1025/?tls=none", SmtpServer("127.0.0.1", 1025, "none", "u", "p")),
        ("smtp://[::1]:1025", SmtpServer("::1", 1025, "none")),
    ],
)
def test_a_url_names_a_server(url, server):
    assert mail_server(url) == server


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("mail.example.org", "Write smtp://"),
        ("http://mail.example.org", "Write smtp://"),
        ("smtp://", "Write smtp://"),
        ("smtp://mail.example.org:99999", "port"),
        ("smtp://mail.example.org/?tls=perhaps", "starttls, tls or none"),
        ("smtp://mail.example.org/?ssl=1", "no option 'ssl'"),
        ("smtps://mail.example.org/?tls=none", "TLS from the start"),
        ("smtp://u:p@mail.example.org/?tls=none", "in the clear"),
    ],
)
def test_what_is_no_address_of_a_server_is_refused_with_the_reason(url, reason):
    with pytest.raises(ValueError, match=reason):
        mail_server(url)


def test_the_password_is_not_shown():
    assert "hidden" not in repr(mail_server("smtps://u:hidden@mail.example.org"))
