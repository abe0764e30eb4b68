"""Entity tags, throttles, names and the request id."""

import pytest
from django.core.cache import cache
from rest_framework.test import APIRequestFactory

from accounts.api.etags import etag, wanted_revision
from accounts.api.strict import NameField
from accounts.api.throttling import PerActor
from accounts.models import User
from common.problems import Problem


def requested(**headers: str):
    return APIRequestFactory().put("/", {}, headers=headers)


@pytest.mark.parametrize("header", ['"7"', 'W/"7"', ' "7" '])
def test_if_match_names_a_revision(header: str):
    assert wanted_revision(requested(**{"If-Match": header})) == 7


def test_a_change_without_if_match_is_428():
    with pytest.raises(Problem) as caught:
        wanted_revision(requested())
    assert caught.value.status == 428


@pytest.mark.parametrize("header", ["*", "7", '"x"', '"7", "8"', '""', '"9999999999999999999999"'])
def test_anything_else_than_one_revision_is_412(header: str):
    with pytest.raises(Problem) as caught:
        wanted_revision(requested(**{"If-Match": header}))
    assert caught.value.status == 412


def test_the_etag_comes_back_as_the_revision():
    assert wanted_revision(requested(**{"If-Match": etag(41)})) == 41


def test_too_many_requests_of_one_user_are_429(api, viewer: User, flow_editor: User, settings):
    cache.clear()
    settings.API_REQUESTS_PER_MINUTE = 3
    client = api(viewer)
    assert [client.get("/api/v1/me/").status_code for _ in range(4)] == [200, 200, 200, 429]
    answer = client.get("/api/v1/me/")
    assert answer.json()["code"] == "throttled"
    assert int(answer["Retry-After"]) >= 60
    assert api(flow_editor).get("/api/v1/me/").status_code == 200
    cache.clear()


def test_a_throttle_of_one_kind_counts_by_itself():
    one, other = PerActor.of("test", 10), PerActor.of("probe", 5)
    assert (one.name, one.per_minute, other.per_minute) == ("test", 10, 5)


@pytest.mark.parametrize("text", ["a\u202eb", "a\u200bb", "a\nb", "a\x1b[0m", "\ufeffa", "a\u2066b"])
def test_a_name_holds_nothing_hidden(text: str):
    field = NameField(max_length=20)
    with pytest.raises(Exception, match="invisible"):
        field.run_validation(text)


def test_two_ways_to_write_a_letter_are_one_name():
    field = NameField(max_length=20)
    assert field.run_validation("Cafe\u0301") == field.run_validation("Caf\u00e9")
