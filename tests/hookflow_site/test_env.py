"""Values that cannot be used are refused at the start, in one sentence."""

from pathlib import Path

import pytest

from common.mailbox import MAILBOX_SENDER, MAILBOX_URL
from hookflow_site.env import BadSetting, Env
from hookflow_site.mail_settings import mail_from, mail_url


@pytest.mark.parametrize(
    "text", ["http://127.0.0.1:8000", "https://flows.example.org", "http://[::1]:8000", "https://x.example/"]
)
def test_site_is_scheme_host_and_port(text: str) -> None:
    assert Env({"SITE_URL": text}).origin("SITE_URL", "") == text.rstrip("/")


@pytest.mark.parametrize(
    "text",
    [
        "flows.example.org",
        "ftp://x",
        "https://",
        "https://x/flows",
        "https://x?a",
        "http://u@x",
        "http://x:y",
    ],
)
def test_site_that_browsers_could_not_reach_is_refused(text: str) -> None:
    with pytest.raises(BadSetting, match="SITE_URL is"):
        Env({"SITE_URL": text}).origin("SITE_URL", "")


def test_an_empty_site_is_the_default() -> None:
    assert Env({"SITE_URL": ""}).origin("SITE_URL", "http://x") == "http://x"


@pytest.mark.parametrize("text", ["", "smtp://mail.example.org", "smtps://u:p@mail.example.org:465"])
def test_mail_server_that_can_be_read_stays(text: str) -> None:
    assert mail_url(text, is_local_demo=False) == text


def test_a_local_demo_catches_its_mails_unless_it_has_a_server() -> None:
    assert mail_url("", is_local_demo=True) == MAILBOX_URL
    assert mail_url("smtp://mail.example.org", is_local_demo=True) == "smtp://mail.example.org"
    assert mail_from("", MAILBOX_URL) == MAILBOX_SENDER
    assert mail_from("me@example.org", MAILBOX_URL) == "me@example.org"


@pytest.mark.parametrize(
    "text", ["foo://x", "mail.example.org", "smtp://", "smtp://x:port", "smtp://x?tls=5"]
)
def test_mail_server_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(BadSetting, match="EMAIL_URL cannot be used"):
        mail_url(text, is_local_demo=True)


@pytest.mark.parametrize("text", ["", "hookflow@example.org", "Hookflow <hookflow@example.org>"])
def test_sender_that_can_be_read_stays(text: str) -> None:
    assert mail_from(text, "") == text


def test_sender_that_is_no_address_is_refused() -> None:
    with pytest.raises(BadSetting, match="MAIL_FROM is"):
        mail_from("no address", "")


@pytest.mark.parametrize("text", ["flows.example.org", ".example.org,127.0.0.1,[::1]", "*", "web_1"])
def test_hosts_are_names(text: str) -> None:
    assert Env({"ALLOWED_HOSTS": text}).hosts("ALLOWED_HOSTS") == text.split(",")


@pytest.mark.parametrize("text", ["http://x.example", "x.example:8000", "a b", "x.example/flows", "::1"])
def test_hosts_that_would_never_match_are_refused(text: str) -> None:
    with pytest.raises(BadSetting, match="ALLOWED_HOSTS holds"):
        Env({"ALLOWED_HOSTS": text}).hosts("ALLOWED_HOSTS")


def test_secret_that_can_be_guessed_is_refused_wherever_it_comes_from(tmp_path: Path) -> None:
    (tmp_path / "SECRET_KEY").write_text("x\n")
    for values in ({}, {"SECRET_KEY": "short"}):
        with pytest.raises(BadSetting, match="SECRET_KEY is too short"):
            Env(values).secret("SECRET_KEY", tmp_path, least=32)
    assert Env({"SECRET_KEY": "x" * 32}).secret("SECRET_KEY", tmp_path, least=32) == "x" * 32
