"""A token in the Authorization header."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from actions.credentials.http_bearer import BearerFields, HttpBearer
from actions.services.http import Outgoing

FIELDS = {"allowed_hosts": ["api.example.org"], "token": " t0ken\n"}


def test_the_token_stands_behind_its_word():
    request = Outgoing("GET", "https://api.example.org")
    assert BearerFields(**FIELDS).on(request).headers == {"Authorization": "Bearer t0ken"}
    other = BearerFields(**FIELDS, scheme="Token")
    assert other.on(request).headers == {"Authorization": "Token t0ken"}


@pytest.mark.parametrize("token", ["a b", "a\r\nX-Evil: 1", "ž", ""])
def test_a_token_that_no_header_can_carry_is_refused(token):
    with pytest.raises(ValidationError) as caught:
        BearerFields(**{**FIELDS, "token": token})
    assert "X-Evil" not in str(caught.value)


def test_it_expires_when_somebody_wrote_so():
    fields = BearerFields(**FIELDS, expires="2027-01-31T00:00:00Z")
    assert HttpBearer().expires_at(fields) == datetime(2027, 1, 31, tzinfo=UTC)
    assert HttpBearer().expires_at(BearerFields(**FIELDS)) is None
