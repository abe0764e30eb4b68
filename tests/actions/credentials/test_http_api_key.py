"""A key in a header or in the query."""

import pytest
from pydantic import ValidationError

from actions.credentials.http_api_key import ApiKeyFields
from actions.services.http import Outgoing

FIELDS = {"allowed_hosts": ["api.example.org"], "key": "k&y=1"}


def test_it_is_sent_in_the_header_of_its_name():
    request = ApiKeyFields(**FIELDS, name="X-Auth").on(Outgoing("GET", "https://api.example.org/x"))
    assert (request.headers, request.hidden) == ({"X-Auth": "k&y=1"}, {"x-auth"})


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("https://api.example.org/x", "https://api.example.org/x?api%20key=k%26y%3D1"),
        ("https://api.example.org/x?a=1#top", "https://api.example.org/x?a=1&api%20key=k%26y%3D1#top"),
    ],
)
def test_it_is_sent_in_the_query_and_adds_no_other_parameter(url, sent):
    fields = ApiKeyFields(**FIELDS, place="query", name="api key")
    assert fields.on(Outgoing("GET", url)).url == sent


@pytest.mark.parametrize("name", ["a b", "Host", "X:", ""])
def test_a_name_that_is_no_header_is_refused(name):
    with pytest.raises(ValidationError):
        ApiKeyFields(**FIELDS, name=name)
