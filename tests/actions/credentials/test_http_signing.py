"""The secret under which requests are signed."""

import asyncio

import pytest
from pydantic import ValidationError

from actions.credentials.http_signing import HttpSigning
from actions.services.signing import SigningFields
from flows.sdk.testing import FakeContext


def test_trying_it_sends_nothing_and_says_so():
    context = FakeContext()
    fields = SigningFields(allowed_hosts=["hooks.example.org"], secret="whsec_c2VjcmV0IGtleSE=")
    said = asyncio.run(HttpSigning().test(context, fields))
    assert "nothing to try" in said
    assert context.http.requests == []


@pytest.mark.parametrize("secret", ["short", "whsec_not base64!", ""])
def test_a_secret_that_signs_nothing_is_refused(secret):
    with pytest.raises(ValidationError):
        SigningFields(allowed_hosts=["hooks.example.org"], secret=secret)
