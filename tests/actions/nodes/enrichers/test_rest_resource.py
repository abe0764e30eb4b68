"""REST resource."""

import json

import pytest
from pydantic import ValidationError

from actions.nodes.enrichers.rest_resource import RestResource
from flows.sdk import HttpAnswer, NodeError, Shape
from flows.sdk.testing import answering, configured, run_node

URL = "https://api.example.org/owners/7"
RECORD = {"userid": 7}
JSON = {"content-type": "application/json"}


def asked(config, answer=None):
    context = answering(answer or HttpAnswer(200, JSON, b'{"vlan": {"id": 12}}'))
    result = run_node(RestResource, {"url": URL, **config}, RECORD, context=context)
    return result.record, context.http.requests[0]


def test_the_answer_is_put_under_its_field():
    record, _ = asked({"as_field": "network.answer"})
    assert record == {"userid": 7, "network": {"answer": {"vlan": {"id": 12}}}}


def test_a_get_has_no_body_and_asks_for_json():
    _, request = asked({"body_type": "json", "json_body": {"left": "over"}})
    assert (request.method, request.content) == ("GET", None)
    assert request.headers["Accept"] == "application/json"
    assert "Content-Type" not in request.headers


def test_a_json_body_is_sent_as_json():
    _, request = asked({"method": "POST", "body_type": "json", "json_body": {"name": "Žofie", "n": 1}})
    assert json.loads(request.content) == {"name": "Žofie", "n": 1}
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["Idempotency-Key"]


def test_a_text_body_is_sent_as_it_is():
    _, request = asked({"method": "PUT", "body_type": "text", "text_body": "a=1"})
    assert request.content == b"a=1"


def test_headers_of_ones_own_win():
    _, request = asked({"headers": {"accept": "text/csv", "X-Source": "hookflow"}})
    assert request.headers["accept"] == "text/csv"
    assert "Accept" not in request.headers
    assert request.headers["X-Source"] == "hookflow"


def test_limits_are_passed_on():
    _, request = asked({"timeout": "5s", "max_kib": 2})
    assert (request.timeout_seconds, request.max_body_bytes) == (5.0, 2048)


def test_an_empty_answer_is_null():
    record, _ = asked({"method": "HEAD"}, HttpAnswer(204, {}, b""))
    assert record["response"] is None


def test_a_refusal_fails_the_step():
    with pytest.raises(NodeError) as caught:
        asked({}, HttpAnswer(429, {"retry-after": "30"}, b""))
    assert (caught.value.code, caught.value.retryable, caught.value.retry_after) == (
        "http_status",
        True,
        30.0,
    )


def test_a_failure_of_the_connection_is_passed_on():
    with pytest.raises(NodeError, match="no route"):
        asked({}, NodeError("unreachable", "no route", retryable=True))


def test_the_fields_of_the_example_are_known_downstream():
    config = configured(RestResource, {"url": URL, "as_field": "net", "example": '{"vlan": {"id": 1}}'})
    shape = RestResource().fields(config, Shape.object({}))["out"]
    assert shape.at("net.vlan.id").type == "integer"
    assert shape.at("net.vlna") is None


def test_without_an_example_any_field_may_come():
    config = configured(RestResource, {"url": URL})
    shape = RestResource().fields(config, Shape.object({}))["out"]
    assert shape.at("response.anything.goes").type == "any"


def test_a_dry_run_sends_nothing_and_goes_on_with_the_example():
    config = configured(RestResource, {"url": URL, "example": '{"vlan": {"id": 1}}'})
    node = RestResource()
    assert node.preview(config, RECORD)["url"] == URL
    assert node.dry_run_result(config, RECORD).record["response"] == {"vlan": {"id": 1}}


def test_a_url_that_cannot_be_called_is_a_problem():
    config = configured(RestResource, {"url": "file:///etc/passwd"})
    [(field, message, _)] = RestResource().check(config, Shape.object({}))
    assert (field, "http://" in message) == ("url", True)


@pytest.mark.parametrize("extra", [{"example": "{"}, {"method": "TRACE"}, {"max_kib": 0}, {"timeout": "1h"}])
def test_a_config_that_cannot_be_meant_is_refused(extra):
    with pytest.raises(ValidationError):
        configured(RestResource, {"url": URL, **extra})
