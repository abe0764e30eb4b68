"""User name and password over HTTP."""

import pytest
from pydantic import ValidationError

from actions.credentials.http_basic import BasicFields, HttpBasic
from actions.services.http import Outgoing

ANNA = {"allowed_hosts": ["api.example.org"], "username": "anna", "password": "čaj:1"}


def test_it_is_sent_as_basic_authentication_in_utf_8():
    request = BasicFields(**ANNA).on(Outgoing("GET", "https://api.example.org"))
    assert request.headers == {"Authorization": "Basic YW5uYTrEjWFqOjE="}
    assert request.hidden == {"authorization"}


def test_it_takes_the_place_of_a_header_of_that_name():
    request = Outgoing("GET", "https://api.example.org", {"authorization": "mine"})
    assert list(BasicFields(**ANNA).on(request).headers) == ["Authorization"]


def test_a_user_name_with_a_colon_is_refused():
    with pytest.raises(ValidationError):
        BasicFields(**{**ANNA, "username": "an:na"})


def test_it_is_used_at_its_hosts():
    assert HttpBasic().hosts(BasicFields(**ANNA)) == ("api.example.org",)
