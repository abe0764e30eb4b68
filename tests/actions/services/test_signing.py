"""Signatures of what is sent: the inbound webhook's own schemes find them right."""

import pytest
from pydantic import ValidationError

from actions.services.http import Outgoing
from actions.services.signing import SigningConfig, SigningFields, signed
from flows.sdk.signatures import SignedCall, signature_schemes
from flows.sdk.testing import FakeContext

BODY = '{"name": "Žižkov"}'.encode()
SECRETS = ["whsec_c2VjcmV0IGtleSE=", "a plain text"]


def sent(secret="a plain text", **how):
    context = FakeContext(credentials={"s": SigningFields(allowed_hosts=["h.example"], secret=secret)})
    request = Outgoing("POST", "https://h.example", {}, BODY)
    return signed(context, request, SigningConfig(signing_credential="s", **how))


def received(request, secret, given="", prefix=""):
    headers = {name.lower(): value for name, value in request.headers.items()}
    return SignedCall(BODY, secret, lambda name: headers.get(name.lower(), ""), given, prefix)


@pytest.mark.parametrize("secret", SECRETS)
def test_a_standard_webhook_is_understood_by_our_own_trigger(secret):
    request = sent(secret, sign="standard")
    found = signature_schemes.get("standard").verify(received(request, secret))
    assert found is not None
    assert (found.key, found.moment) == ("id:0195-run.node", "1768478400")
    assert signature_schemes.get("standard").verify(received(request, "another one")) is None


def test_a_plain_signature_is_understood_by_our_own_trigger():
    request = sent(sign="hmac")
    given = request.headers["X-Hub-Signature-256"]
    assert (
        signature_schemes.get("hmac").verify(received(request, "a plain text", given, "sha256=")) is not None
    )


def test_the_names_of_the_headers_can_be_chosen():
    assert set(sent(sign="standard", sign_names="svix").headers) == {
        "svix-id",
        "svix-timestamp",
        "svix-signature",
    }
    assert set(sent(sign="hmac", sign_header="X-Mine").headers) == {"X-Mine"}


def test_another_hash_and_base64_can_be_chosen():
    request = sent(sign="hmac", sign_hash="sha512", sign_encoding="base64", sign_prefix="")
    assert len(request.headers["X-Hub-Signature-256"]) == 88


def test_no_log_shows_a_signature():
    assert "x-hub-signature-256" in sent(sign="hmac").hidden
    assert "webhook-signature" in sent(sign="standard").hidden


def test_nothing_is_signed_unasked():
    request = Outgoing("POST", "https://h.example", {}, BODY)
    assert signed(FakeContext(), request, SigningConfig()) is request


@pytest.mark.parametrize(
    "config",
    [{"sign": "standard"}, {"sign_header": "Host"}, {"sign_header": "a b"}, {"sign_prefix": "a\r\n"}],
)
def test_a_config_that_cannot_sign_is_refused(config):
    with pytest.raises(ValidationError):
        SigningConfig(**config)
