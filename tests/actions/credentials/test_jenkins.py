"""The credential of a Jenkins; `tests/peers` tries it."""

import pytest
from pydantic import ValidationError

from actions.credentials.jenkins import Jenkins
from actions.services.jenkins import JenkinsFields
from flows.sdk import HttpAnswer, NodeError
from flows.sdk.testing import answering

ANNA = {"url": "https://ci.example.org:8443/jenkins", "username": "anna", "password": "token"}


def test_it_may_be_used_at_its_host_and_port_alone():
    assert Jenkins().hosts(JenkinsFields(**ANNA)) == ("ci.example.org:8443",)
    assert Jenkins().hosts(JenkinsFields(**{**ANNA, "url": "http://ci.example.org"})) == (
        "ci.example.org:80",
    )


@pytest.mark.parametrize(
    "fields",
    [
        {**ANNA, "url": "ci.example.org"},
        {**ANNA, "url": "https://u:p@ci.example.org"},
        {**ANNA, "url": "https://ci.example.org/?x=1"},
        {**ANNA, "password": ""},
        {"url": ANNA["url"]},
        {**ANNA, "ca": "no certificate"},
    ],
)
def test_what_opens_nothing_is_refused(fields):
    with pytest.raises(ValidationError):
        JenkinsFields(**fields)


def test_a_user_who_sees_nothing_lacks_a_permission_by_name():
    context = answering(HttpAnswer(200, {}, b'{"id": "anna"}'), HttpAnswer(200, {}, b'{"jobs": []}'))
    with pytest.raises(NodeError) as caught:
        Jenkins().test(context, JenkinsFields(**ANNA))
    assert "Job/Read" in caught.value.hint


def test_a_trigger_token_alone_cannot_be_tried():
    context = answering()
    said = Jenkins().test(context, JenkinsFields(url=ANNA["url"], trigger_token="t"))
    assert "starting a build" in said
