"""The names in single braces that MultiFlexi's actions put into texts, such as `{job_name}`.

They stand for the fields of a job's event, in the record itself or under `job`. Elsewhere they stay as written.
"""

from typing import Annotated, Final

from flows.sdk import text_with_names

_FIELDS: Final = {
    "job_name": "runtemplate_name",
    "company": "company_name",
    "timestamp": "end",
    "JOB_ID": "job_id",
    "EXIT_CODE": "exitcode",
    "COMMAND": "command",
    "APP_NAME": "app_name",
    "COMPANY_NAME": "company_name",
    "COMPANY_CODE": "company_code",
    "APP_CODE": "app_id",
    "RUNTEMPLATE_ID": "runtemplate_id",
    "STDOUT": "stdout",
    "STDERR": "stderr",
    "VERSION": "version",
}
_STATUS: Final = (
    "'success' if {0}status == 'succeeded' else 'failure' if {0}exitcode is defined else {0}status"
)


def _of_job(expression: str) -> str:
    """The value for a record that is a job's event, or that holds one under `job`."""
    return f"({expression.format('')}) if job_id is defined else ({expression.format('job.')})"


NAMES: Final = {name: _of_job("{0}" + field) for name, field in _FIELDS.items()} | {
    "status": _of_job(_STATUS)
}

JobText = Annotated[str, text_with_names(NAMES)]
"""A `TemplateText` that takes these names too."""

PROBLEM_TITLE: Final = "{APP_NAME} problem"
PROBLEM_TEXT: Final = (
    "JOB ID: {JOB_ID}\n\nCommand: {COMMAND}\n\nExitCode: {EXIT_CODE}\n\n"
    "Stdout:\n```\n{STDOUT}\n```\n\nSterr:\n```\n{STDERR}\n```\n\nMultiFlexi: {APP_NAME} {VERSION}"
)
"""An issue about a job as MultiFlexi writes it, its spelling included: people search for it."""
