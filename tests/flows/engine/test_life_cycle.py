"""The payload of a life-cycle event."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from common.redact import MASK, secrets_known
from flows.engine.life_cycle import MOST_ERROR, MOST_PARAMETERS, Execution, payload_of, server_of
from flows.sdk import LifeCycle, event_types
from flows.sdk.schema import compile_schema
from flows.sdk.work import Budget

AT = datetime(2024, 1, 2, 3, 4, 5, 678_999, tzinfo=UTC)


def payload(event=LifeCycle.STARTED, error="", **fields):
    execution = Execution(**{"kind": "flow", "id": "e1", "name": "install", **fields})
    return payload_of(execution, event, AT, error)


@pytest.mark.parametrize("event", LifeCycle)
def test_it_fits_its_type_and_has_all_its_fields(event):
    kind = event_types.get(event)
    told = payload(event, "boom", parameters={"a": [1]})
    assert compile_schema(kind.payload_schema()).walk(told, Budget(10**6)).misfits == []
    assert set(told) == set(kind.sample)


def test_the_time_is_cut_to_milliseconds_in_utc():
    assert payload()["timestamp"] == "2024-01-02T03:04:05.678Z"
    east = AT.astimezone(timezone(timedelta(hours=5)))
    assert payload_of(Execution("flow", "e1", "x"), LifeCycle.QUEUED, east)["timestamp"].startswith(
        "2024-01-02T03"
    )


def test_secrets_are_masked_in_parameters_and_in_the_error():
    with secrets_known("Tr0ub4dor&3"):
        told = payload(
            LifeCycle.FAILED,
            "x" * (MOST_ERROR - 5) + "Tr0ub4dor&3",
            parameters={"token": "abcdefgh", "note": "Tr0ub4dor&3"},
        )
    assert told["execution_parameters"] == {"token": MASK, "note": MASK}
    assert "Tr0u" not in told["arguments"]["error"]
    assert len(told["arguments"]["error"]) <= MOST_ERROR


@pytest.mark.parametrize("size", [MOST_PARAMETERS - 20, MOST_PARAMETERS + 20])
def test_long_parameters_are_left_out_and_say_so(size):
    told = payload(parameters={"a": "x" * size})["execution_parameters"]
    assert list(told) == (["a"] if size < MOST_PARAMETERS else ["parameters_too_long"])


@pytest.mark.parametrize(
    ("event_type", "given", "found"),
    [
        ("server.created", {"id": 4}, "4"),
        ("order.paid", {"id": 4}, None),
        ("order.paid", {"server": {"id": 4, "hostname": "web-1"}}, "4"),
        ("order.paid", {"server": "web-1"}, "web-1"),
        ("charge.added", {"serverId": 7}, "7"),
        ("task.held", {"ownerId": 7}, "7"),
        ("workflow_failed", {"deployment_id": "4"}, "4"),
        ("x", {"server": {"id": True}, "serverId": 1.5, "server_id": [], "ownerId": ""}, None),
        ("x", {"server": "x" * 101}, None),
    ],
)
def test_the_server_that_a_payload_is_about(event_type, given, found):
    assert server_of(event_type, given) == found
