"""The events of jobs. Their fields are those of MultiFlexi's job report, under its names, and a few of ours."""

from flows.sdk import EventType, JsonObject, Shape, event_types

REPORT = Shape.object(
    {
        "phase": Shape.string("created, jobStart, jobDone or credentialBlocked"),
        "job_id": Shape.string("Id of the job run"),
        "app_id": Shape.string("Id of the command or flow"),
        "app_name": Shape.string("Name of the command or flow"),
        "begin": Shape.string("When it began, in UTC"),
        "end": Shape.string("When it ended, in UTC"),
        "scheduled": Shape.string("The time wanted, in UTC"),
        "schedule_type": Shape.string("What put it there: adhoc, hourly, chained, reschedule …"),
        "company_id": Shape.integer("Id of the tenant that owns the job; null for the platform"),
        "company_name": Shape.string("Name of that tenant"),
        "company_code": Shape.string("Its short name"),
        "runtemplate_id": Shape.string("Id of the job"),
        "runtemplate_name": Shape.string("Name of the job"),
        "exitcode": Shape.integer(
            "How the command ended; 255 when it could not run, 75 when its credentials kept it from it"
        ),
        "exitcode_description": Shape.string("What that means"),
        "stdout": Shape.string("What it wrote, the first 65,536 characters"),
        "stderr": Shape.string("What it wrote as errors, likewise"),
        "executor": Shape.string("Native"),
        "launched_by_id": Shape.integer("Id of the user who launched it; null for the program"),
        "launched_by": Shape.string("Name of that user, or cron"),
        "data": Shape.string("What it wrote to its result file"),
        "result_file": Shape.string("The variable that names that file, when it wrote one"),
        "version": Shape.string("Version of this program"),
        "pid": Shape.integer("Its process, as this machine counts"),
        "interval": Shape.string("The interval's letter: n, c, i, h, d, w, m or y"),
        "interval_seconds": Shape.integer("The interval in seconds; null without one"),
        "name": Shape.string("Name of the job, as other events have theirs"),
        "status": Shape.string("Where it stands: waiting, running, succeeded, failed, cancelled"),
        "command": Shape.string("What was run, without secrets"),
        "reason": Shape.string("Why it was launched"),
        "attempt": Shape.integer("Which attempt it is, from 1"),
        "max_attempts": Shape.integer("How many there are at most"),
        "error": Shape.object(
            {
                "code": Shape.string("What went wrong, in snake case"),
                "message": Shape.string("One sentence"),
                "hint": Shape.string("What to do about it"),
            },
            "Why it failed; null when it did not",
        ),
    }
)
CREATED: JsonObject = {
    "phase": "created",
    "job_id": "0199c0de-0000-7000-8000-000000000002",
    "app_id": "3",
    "app_name": "Nightly backup",
    "begin": None,
    "end": None,
    "scheduled": "2026-01-15 02:00:00",
    "schedule_type": "daily",
    "company_id": 1,
    "company_name": "Acme",
    "company_code": "acme",
    "runtemplate_id": "0199c0de-0000-7000-8000-000000000001",
    "runtemplate_name": "Back up web-1",
    "exitcode": None,
    "exitcode_description": "",
    "stdout": "",
    "stderr": "",
    "executor": "Native",
    "launched_by_id": None,
    "launched_by": "cron",
    "data": "",
    "result_file": "",
    "version": "1.0",
    "pid": None,
    "interval": "d",
    "interval_seconds": 86_400,
    "name": "Back up web-1",
    "status": "waiting",
    "command": "",
    "reason": "Its schedule",
    "attempt": 1,
    "max_attempts": 3,
    "error": None,
}
STARTED: JsonObject = {**CREATED, "phase": "jobStart", "begin": "2026-01-15 02:00:01", "status": "running"}
SUCCEEDED: JsonObject = {
    **STARTED,
    "phase": "jobDone",
    "end": "2026-01-15 02:03:20",
    "exitcode": 0,
    "exitcode_description": "Succeeded",
    "stdout": "42 files",
    "pid": 4711,
    "status": "succeeded",
    "command": "/usr/local/bin/backup web-1",
}
FAILED: JsonObject = {
    **SUCCEEDED,
    "exitcode": 1,
    "exitcode_description": "The command ended with the exit code 1.",
    "stdout": "",
    "stderr": "disk full",
    "status": "failed",
    "error": {
        "code": "unexpected_exit_code",
        "message": "The command ended with the exit code 1.",
        "hint": "Its output tells more.",
    },
}
CANCELLED: JsonObject = {**STARTED, "phase": "jobDone", "status": "cancelled", "exitcode": 255}

for _verb, _summary, _sample in (
    ("created", "A job was put in line.", CREATED),
    ("started", "A job began.", STARTED),
    ("succeeded", "A job ended well.", SUCCEEDED),
    ("failed", "A job failed, or could not start.", FAILED),
    ("cancelled", "A job was stopped before its end.", CANCELLED),
):
    event_types.register(
        f"job.{_verb}",
        EventType(f"job.{_verb}", f"Job {_verb}", _summary, "Jobs", REPORT, _sample),
        f"{__name__}.{_verb}",
    )
