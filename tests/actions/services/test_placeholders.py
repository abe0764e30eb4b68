"""The names in single braces that MultiFlexi's actions know."""

from typing import Any

import pytest

from actions.services.placeholders import NAMES, JobText
from flows.expressions import compile_config
from flows.sdk import Kind, Node, NodeConfig, NodeMeta, ui

REPORT: dict[str, Any] = {
    "job_id": "j1",
    "app_name": "Backup",
    "runtemplate_name": "Nightly",
    "company_name": "Acme",
    "company_code": "acme",
    "runtemplate_id": "r1",
    "app_id": "3",
    "command": "backup web-1",
    "end": "2026-01-15 02:03:20",
    "exitcode": 0,
    "status": "succeeded",
    "stdout": "42 files",
    "stderr": "",
    "version": "1.0",
}


class Config(NodeConfig):
    text: JobText = ui(label="Text")


class Told(Node):
    meta = NodeMeta("told", Kind.ACTION, "Told", "Tells.", "message")
    Config = Config


def told(text: str, record: dict[str, Any]) -> str:
    return compile_config(Told, {"text": text}).render(record).text


def test_a_job_is_named_in_the_words_of_the_original():
    assert told("Task: {job_name} - {status}", REPORT) == "Task: Nightly - success"


def test_a_job_that_came_in_by_a_field_is_named_too():
    assert told("{APP_NAME} - Job #{JOB_ID}", {"job": REPORT}) == "Backup - Job #j1"


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_known(name: str):
    assert "{" not in told(f"{{{name}}}", REPORT)


@pytest.mark.parametrize(("status", "said"), [("failed", "failure"), ("cancelled", "failure")])
def test_what_did_not_succeed_is_a_failure(status: str, said: str):
    assert told("{status}", {**REPORT, "status": status, "exitcode": 1}) == said


def test_unknown_names_and_names_without_a_job_stay():
    assert told("{nobody} {job_name} {status}", {"status": "online"}) == "{nobody} {job_name} {status}"


def test_what_is_put_in_is_never_read_again():
    hostile = {**REPORT, "runtemplate_name": "{COMMAND} {{ command }}", "title": "{COMMAND}"}
    assert told("{job_name} {{ title }}", hostile) == "{COMMAND} {{ command }} {COMMAND}"
