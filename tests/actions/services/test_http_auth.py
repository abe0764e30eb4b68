"""Signing in over HTTP by credential."""

import asyncio

import pytest
from pydantic import ValidationError

from actions.credentials.http_bearer import BearerFields, HttpBearer
from actions.credentials.http_client_certificate import ClientCertificateFields
from actions.services.http import Outgoing
from actions.services.http_auth import HostedFields, SecurityConfig, signed_in
from flows.sdk import HttpAnswer, NodeError, Tls
from flows.sdk.testing import FakeContext, answering
from tests.support.certificates import self_signed

REQUEST = Outgoing("GET", "https://api.example.org/me")
PAIR = self_signed("client.example")


def bearer(**fields):
    return BearerFields(allowed_hosts=["api.example.org"], token="canary-token", **fields)


def tried(answer, **fields):
    context = answering(answer)
    said = asyncio.run(HttpBearer().test(context, bearer(**fields)))
    return context, said


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("API.example.org", "api.example.org"),
        ("api.example.org:443", "api.example.org:443"),
        ("10.0.0.1:8080", "10.0.0.1:8080"),
        ("[2001:db8::1]:8443", "[2001:db8::1]:8443"),
        ("[2001:db8::1]", "[2001:db8::1]"),
        ("kůň.example", "xn--k-qla0j.example"),
    ],
)
def test_a_host_may_have_a_port(text, host):
    assert HostedFields(allowed_hosts=[text]).allowed_hosts == (host,)


@pytest.mark.parametrize(
    "text",
    [
        "https://a.example",
        "a.example/x",
        "a.example?x",
        "a.example#x",
        "u@a.example",
        "*",
        "",
        "a b",
        "a:99999",
    ],
)
def test_what_is_no_host_is_refused(text):
    with pytest.raises(ValidationError):
        HostedFields(allowed_hosts=[text])


def test_a_credential_without_a_host_is_refused():
    with pytest.raises(ValidationError):
        HostedFields(allowed_hosts=[])


def test_trying_it_asks_the_address_that_was_given():
    context, said = tried(HttpAnswer(200, {}, b"secret page"), test_url="https://api.example.org/me")
    [request] = context.http.requests
    assert (request.method, request.url) == ("GET", "https://api.example.org/me")
    assert request.headers["Authorization"] == "Bearer canary-token"
    assert said == "api.example.org answered 200."
    assert "secret page" not in context.log.text


def test_without_an_address_there_is_nothing_to_try():
    context, said = tried(HttpAnswer(200, {}, b""))
    assert context.http.requests == []
    assert "Write an address" in said


def test_a_refusal_says_what_to_do_and_nothing_of_the_answer():
    context = answering(HttpAnswer(401, {}, b"the remote body"))
    with pytest.raises(NodeError) as caught:
        asyncio.run(HttpBearer().test(context, bearer(test_url="https://api.example.org/me")))
    assert (caught.value.code, caught.value.field, caught.value.retryable) == (
        "http_status",
        "test_url",
        False,
    )
    assert "the remote body" not in f"{caught.value.message}{caught.value.hint}{context.log.text}"


def test_a_request_without_a_credential_goes_as_it_is():
    assert signed_in(FakeContext(), REQUEST, SecurityConfig()) == REQUEST


def test_an_own_authority_is_trusted():
    request = signed_in(FakeContext(), REQUEST, SecurityConfig(ca=PAIR.certificate))
    assert request.tls == Tls(ca=PAIR.certificate.strip())


def test_a_certificate_that_is_none_is_refused():
    with pytest.raises(ValidationError):
        SecurityConfig(ca="no certificate")


def test_not_checking_trusts_anyone():
    request = signed_in(FakeContext(), REQUEST, SecurityConfig(verify_tls=False, ca=PAIR.certificate))
    assert request.tls == Tls(verify=False)


def test_a_client_certificate_is_shown():
    fields = ClientCertificateFields(allowed_hosts=["api.example.org"], pem=PAIR.certificate, key=PAIR.key)
    context = FakeContext(credentials={"mine": fields})
    request = signed_in(context, REQUEST, SecurityConfig(credential="mine"))
    assert request.tls == Tls(certificate=PAIR.certificate, key=PAIR.key)


def test_a_credential_that_is_not_there_fails_the_step():
    with pytest.raises(NodeError) as caught:
        signed_in(FakeContext(), REQUEST, SecurityConfig(credential="gone"))
    assert caught.value.code == "unknown_credential"
