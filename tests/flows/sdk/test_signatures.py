"""The examples with which the vendors document their signatures."""

import hmac
from hashlib import sha256

from flows.sdk.signatures import Signature, SignedCall, signature_schemes
from tests.support.packages import Packages


def verified(name: str, body: bytes, secret: str, *, given: str = "", prefix: str = "", **headers: str):
    sent = {header.replace("_", "-"): value for header, value in headers.items()}
    call = SignedCall(body, secret, lambda header: sent.get(header.lower(), ""), given, prefix)
    return signature_schemes.get(name).verify(call)


SLACK_BODY = (
    b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
    b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
    b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
    b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
)
SLACK_SIGNATURE = "a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"


def by_slack(body: bytes = SLACK_BODY, moment: str = "1531420618", version: str = "v0"):
    return verified(
        "slack",
        body,
        "8f742231b10e8888abcd99yyyzzz85a5",
        x_slack_request_timestamp=moment,
        x_slack_signature=f"{version}={SLACK_SIGNATURE}",
    )


def test_slacks_example():
    signed = b"v0:1531420618:" + SLACK_BODY
    assert by_slack() == Signature(f"signed:{sha256(signed).hexdigest()}", "1531420618")
    assert by_slack(SLACK_BODY + b"&more=1") is None
    assert by_slack(moment="1531420619") is None
    assert by_slack(version="v1") is None


def by_github(body: bytes, prefix: str = "sha256="):
    digest = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    return verified("hmac", body, "It's a Secret to Everybody", given=f"sha256={digest}", prefix=prefix)


def test_githubs_example():
    assert by_github(b"Hello, World!") is not None
    assert by_github(b"Hello, world!") is None
    assert by_github(b"Hello, World!", prefix="sha1=") is None


def by_standard(body: bytes, call_id: str = "msg_p5jXN8AQM9LWM0D4loKWxJek"):
    return verified(
        "standard",
        body,
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        webhook_id=call_id,
        webhook_timestamp="1614265330",
        webhook_signature="v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    )


def test_the_example_of_standard_webhooks():
    body = b'{"test": 2432232314}'
    assert by_standard(body) == Signature("id:msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330")
    assert by_standard(b'{"test": 2432232315}') is None
    assert by_standard(body, "msg_another") is None


def test_stripes_header_as_it_is_documented():
    # Stripe shows the form of the header and how it is made, and no secret with which one could check it.
    body, secret, moment = b'{"id": "evt_1"}', "whsec_test_secret", "1492774577"
    wanted = hmac.new(secret.encode(), f"{moment}.".encode() + body, "sha256").hexdigest()
    given = f"t={moment},v1={'0' * 64},v1={wanted},v0=6ffbb59b2300aae63f272406069a9788598b792a944a07aba816edb039989a39"
    signed = sha256(f"{moment}.".encode() + body).hexdigest()
    assert verified("timed", body, secret, given=given) == Signature(f"signed:{signed}", moment)
    assert verified("timed", body, secret, given=given.replace("v1=", "v0=")) is None
    assert verified("timed", body, secret, given=given.replace(moment, "1492774578")) is None


def test_nothing_is_signed_without_a_secret():
    for scheme in signature_schemes.values():
        assert scheme.verify(SignedCall(b"", "", lambda header: "")) is None


ACME = """
from flows.sdk.signatures import Signature, SignatureScheme, signature_scheme

signature_scheme(SignatureScheme("acme", "Acme", "Send X-Acme.", lambda call: Signature("1", call.header("x"))))
"""


def test_a_package_brings_its_own_scheme_and_cannot_take_a_name(packages: Packages):
    packages.install(
        "acme_signing", "hookflow.signatures", mine=ACME, thief=ACME.replace('"acme"', '"slack"')
    )
    assert signature_schemes.get("acme").label == "Acme"
    assert signature_schemes.origin("acme") == "acme_signing.mine.acme"
    assert signature_schemes.origin("slack") == "flows.sdk.signatures.slack"
