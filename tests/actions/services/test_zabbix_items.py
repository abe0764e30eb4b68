"""What Zabbix items take."""

import json

import pytest

from actions.services import zabbix_items
from flows.sdk import NodeError

REPORT = {
    "phase": "jobDone",
    "job_id": 7,
    "company_code": "acme",
    "app_name": "Nightly Backup",
    "runtemplate_id": 12,
    "exitcode": 0,
    "stdout": "x" * 30_000,
    "interval": "d",
    "interval_seconds": 86_400,
}


def refusal(call, *arguments):
    with pytest.raises(NodeError) as caught:
        call(*arguments)
    return caught.value.code


@pytest.mark.parametrize(
    ("kind", "value", "sent"),
    [
        ("float", 12.5, "12.5"),
        ("float", "3", "3"),
        ("unsigned", "18446744073709551615", "18446744073709551615"),
        ("unsigned", 3.0, "3"),
        ("character", "ok", "ok"),
        ("text", {"a": "ä"}, '{"a": "ä"}'),
        ("log", "line 1\nline 2", "line 1\nline 2"),
        ("text", 5, "5"),
    ],
)
def test_a_value_is_written_as_its_item_takes_it(kind, value, sent):
    assert zabbix_items.value_of(value, kind, "f") == sent


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        ("float", "much", "not_a_number"),
        ("float", True, "not_a_number"),
        ("unsigned", -1, "not_a_number"),
        ("unsigned", 2**64, "not_a_number"),
        ("unsigned", 1.5, "not_a_number"),
        ("character", "x" * 256, "value_too_long"),
        ("text", "x" * 65_536, "value_too_long"),
        ("text", None, "missing_value"),
        ("text", "", "missing_value"),
    ],
)
def test_a_value_that_its_item_cannot_hold_is_refused(kind, value, code):
    assert refusal(zabbix_items.value_of, value, kind, "f") == code


@pytest.mark.parametrize(
    ("text", "clock"), [("", None), ("1767225600", 1_767_225_600), ("2026-01-01T00:00:00Z", 1_767_225_600)]
)
def test_a_moment_is_unix_seconds_or_a_date(text, clock):
    assert zabbix_items.clock_of(text, "f") == clock


@pytest.mark.parametrize("text", ["soon", "-1", "99999999999"])
def test_what_is_no_moment_is_refused(text):
    assert refusal(zabbix_items.clock_of, text, "f") == "not_a_moment"


def test_names_of_a_discovery_list_become_macros():
    assert json.loads(zabbix_items.discovery([{"name": "a", "{#DISK}": "sda"}], "rows")) == [
        {"{#NAME}": "a", "{#DISK}": "sda"}
    ]


def test_a_discovery_list_may_stand_under_data():
    assert zabbix_items.discovery({"data": [{"x": 1}]}, "rows") == '[{"{#X}": 1}]'


@pytest.mark.parametrize("rows", [None, "x", {"a": 1}, [1]])
def test_what_is_no_list_of_objects_is_refused(rows):
    assert refusal(zabbix_items.discovery, rows, "rows") == "not_a_list"


def test_a_finished_job_tells_its_state_under_the_key_of_its_template():
    [item] = zabbix_items.life_cycle("web", REPORT)
    assert item.key == "job-[acme-nightly-backup-12]"
    assert json.loads(item.value)["exitcode"] == 0


def test_a_report_is_cut_to_what_one_value_holds():
    [item] = zabbix_items.life_cycle("web", {**REPORT, "stderr": "y" * 200_000})
    assert len(item.value) < 65_535


def test_a_new_job_is_discovered_and_tells_how_often_it_runs():
    items = {item.key: item.value for item in zabbix_items.life_cycle("web", {**REPORT, "phase": "created"})}
    [macros] = json.loads(items["multiflexi.job.lld"])
    assert (macros["{#JOB_ID}"], macros["JOB_ID"]) == ("7", "7")
    assert "{#STDOUT}" not in macros
    assert items["job-[acme-nightly-backup-12-interval]"] == "d"
    assert items["job-[acme-nightly-backup-12-interval_seconds]"] == "86400"


def test_a_record_that_is_no_report_is_refused():
    assert refusal(zabbix_items.life_cycle, "web", {"id": 1}) == "no_job"


def test_placeholders_of_keys_are_those_of_the_job():
    key = zabbix_items.filled_key("{COMPANY_CODE}-{APP_CODE}-{RUNTEMPLATE_ID}-data-{OTHER}", REPORT)
    assert key == "acme-nightly-backup-12-data-{OTHER}"
