"""Zabbix."""

import json
import struct

import pytest
from pydantic import ValidationError

from actions.credentials.zabbix import ZabbixFields
from actions.nodes.actions.zabbix import Zabbix
from flows.sdk import Emit, NodeError, Shape
from flows.sdk.testing import FakeContext, FakeNet, configured, run_node

NODE = {"credential": "zabbix", "host": "web-1"}
LOAD = {"key": "load", "type": "float", "value": "0.5"}
VALUES = {**NODE, "values": [LOAD, {"key": "users", "type": "unsigned", "value": 3, "host": "web-2"}]}
JOB = {"phase": "jobDone", "job_id": 7, "company_code": "acme", "app_code": "backup", "runtemplate_id": 12}


def reply(failed: int) -> bytes:
    body = json.dumps({"response": "success", "info": f"processed: {1 - failed}; failed: {failed}; total: 1"})
    return b"ZBXD\x01" + struct.pack("<II", len(body), 0) + body.encode()


TAKEN, REFUSED = reply(0), reply(1)


def context(*answers: bytes) -> FakeContext:
    net = FakeNet(list(answers) or [TAKEN])
    return FakeContext(net=net, credentials={"zabbix": ZabbixFields(server="zabbix.example.org")})


def sent(ctx: FakeContext) -> list[dict[str, object]]:
    return [json.loads(message[13:])["data"][0] for message in ctx.net.sent]


def test_values_are_sent_and_the_answer_is_counted():
    ctx = context()
    answer = run_node(Zabbix, VALUES, {"id": 1}, context=ctx)
    assert answer == Emit("out", {"id": 1, "zabbix": {"processed": 2, "failed": 0, "refused": []}})
    assert sent(ctx) == [
        {"host": "web-1", "key": "load", "value": "0.5"},
        {"host": "web-2", "key": "users", "value": "3"},
    ]


def test_values_that_are_not_taken_fail_the_step_and_are_named():
    with pytest.raises(NodeError) as caught:
        run_node(Zabbix, VALUES, context=context(TAKEN, REFUSED))
    assert caught.value.code == "values_refused"
    assert "1 of 2 values: users on web-2." in str(caught.value)


def test_a_flow_may_go_on_and_see_which_were_not_taken():
    answer = run_node(Zabbix, {**VALUES, "on_refused": "go-on"}, context=context(REFUSED, TAKEN))
    assert answer.record["zabbix"] == {
        "processed": 1,
        "failed": 1,
        "refused": [{"host": "web-1", "key": "load"}],
    }


def test_a_timestamp_goes_along():
    ctx = context()
    value = {**LOAD, "timestamp": "2026-01-01T00:00:00Z"}
    run_node(Zabbix, {**NODE, "values": [value]}, context=ctx)
    assert sent(ctx)[0]["clock"] == 1_767_225_600


def test_a_discovery_list_is_one_value():
    ctx = context()
    config = {**NODE, "source": "discovery", "key": "disks", "rows": [{"name": "sda"}]}
    run_node(Zabbix, config, context=ctx)
    assert sent(ctx) == [{"host": "web-1", "key": "disks", "value": '[{"{#NAME}": "sda"}]'}]


@pytest.mark.parametrize(
    ("form", "key"),
    [
        ("dash", "zabbix_action-[acme-backup-12-data]"),
        ("plain", "zabbix_action[acme-backup-12-data]"),
        ("as-is", "acme-backup-12-data"),
    ],
)
def test_the_output_of_a_job_goes_under_the_key_of_the_original(form, key):
    ctx = context()
    run_node(
        Zabbix, {**NODE, "source": "job-output", "key_form": form}, {**JOB, "stdout": "done"}, context=ctx
    )
    assert sent(ctx) == [{"host": "web-1", "key": key, "value": "done"}]


def test_the_result_file_of_a_job_comes_before_its_output():
    ctx = context()
    run_node(
        Zabbix, {**NODE, "source": "job-output"}, {**JOB, "stdout": "done", "data": {"a": 1}}, context=ctx
    )
    assert sent(ctx)[0]["value"] == '{"a": 1}'


def test_of_a_long_output_the_end_is_sent():
    ctx = context()
    run_node(Zabbix, {**NODE, "source": "job-output"}, {**JOB, "stdout": "x" * 70_000 + "end"}, context=ctx)
    value = sent(ctx)[0]["value"]
    assert (len(value), value[-3:]) == (65_535, "end")


def test_the_state_of_a_job_goes_under_its_own_key():
    ctx = context()
    run_node(Zabbix, {**NODE, "source": "job-life-cycle"}, JOB, context=ctx)
    assert [item["key"] for item in sent(ctx)] == ["job-[acme-backup-12]"]


def test_a_node_of_the_original_sends_the_output_of_a_job():
    config = configured(Zabbix, {**NODE, "key": "own", "metrics": "/tmp/result.json"})
    assert (config.source, config.key, config.metrics) == ("job-output", "own", "data")


def test_a_key_that_came_out_empty_fails_at_its_field():
    with pytest.raises(NodeError) as caught:
        run_node(Zabbix, {**NODE, "values": [{**LOAD, "key": " "}]}, context=context())
    assert (caught.value.code, caught.value.field) == ("missing_value", "values.0.key")


def test_a_value_that_is_no_number_is_not_sent():
    ctx = context()
    with pytest.raises(NodeError) as caught:
        run_node(Zabbix, {**NODE, "values": [{**LOAD, "value": "much"}]}, context=ctx)
    assert (caught.value.code, caught.value.field, ctx.net.targets) == (
        "not_a_number",
        "values.0.value",
        [],
    )


def test_more_values_than_allowed_are_refused():
    with pytest.raises(ValidationError):
        configured(Zabbix, {**NODE, "values": [LOAD] * 101})


def test_a_node_that_would_send_nothing_is_a_problem():
    assert [found[0] for found in Zabbix().check(configured(Zabbix, NODE), Shape.object({}))] == ["values"]


def test_the_answer_is_known_downstream():
    shape = Zabbix().fields(configured(Zabbix, VALUES), Shape.object({}))["out"]
    assert shape.at("zabbix.failed").type == "integer"


def test_a_dry_run_shows_what_would_be_sent():
    config = configured(Zabbix, {**NODE, "values": [LOAD]})
    assert Zabbix().preview(config, {})["values"] == [{"host": "web-1", "key": "load", "value": "0.5"}]
    assert Zabbix().dry_run_result(config, {}).record["zabbix"]["processed"] == 1


def test_the_canvas_tells_what_goes_where():
    assert Zabbix().summary(configured(Zabbix, VALUES)) == "load and 1 more → web-1"
