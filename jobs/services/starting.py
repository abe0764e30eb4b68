"""Turning a job run that is due into a run of a flow: the flow of the job, or the one that runs commands."""

from datetime import datetime

from flows.models import Flow
from flows.sdk import JsonObject
from flows.services.credential_names import published_credentials
from flows.services.events import emit_event
from flows.services.managed import managed_flow
from flows.services.starting import MANUAL_START
from flows.store.new_events import NewEvent
from jobs.models import Job, JobRun
from jobs.services.ending import end
from jobs.services.output import COMMAND_NODE
from jobs.services.reporting import BLOCKED_BY, EXIT_BLOCKED

SOURCE = "jobs"
COMMANDS = "Commands of jobs"


def start(job_run: JobRun, now: datetime) -> bool:
    """Start it when its turn has come. Inside a transaction that holds the row of its job.

    What cannot be started fails, with the reason.
    """
    job = job_run.job
    if not job.allow_overlap and _is_at_work(job):
        return False
    if job_run.deadline is not None and now >= job_run.deadline and not job.allow_late:
        end(
            job_run,
            JobRun.State.FAILED,
            now,
            {"code": "deadline_passed", "message": "Its deadline passed before it could start."},
        )
        return False
    flow = managed_flow(job.tenant_id, _drawing()) if job.kind == Job.Kind.COMMAND else job.flow
    error = _unusable(job, flow)
    if flow is None or error:
        end(job_run, JobRun.State.FAILED, now, error)
        return False
    if job.needs_credentials and (blocked := _blocked_by_credential(flow)):
        job_run.exit_code = EXIT_BLOCKED
        end(job_run, JobRun.State.FAILED, now, blocked)
        return False
    accepted = emit_event(
        NewEvent(
            type=MANUAL_START,
            payload=_payload(job_run),
            tenant_id=flow.tenant_id,
            source=SOURCE,
            dedup_key=str(job_run.id),
            flow_id=flow.id,
            cause_run_id=job_run.cause_run_id,
            depth=job_run.depth,
            is_test=job_run.is_test,
        )
    )
    if not accepted.runs:
        end(job_run, JobRun.State.FAILED, now, {"code": "not_started", "message": "The flow did not start."})
        return False
    job_run.run_id = accepted.runs[0]
    job_run.save(update_fields=["run"])
    return True


def _is_at_work(job: Job) -> bool:
    return job.runs.exclude(state__in=JobRun.FINAL).exclude(run=None).exists()


def _unusable(job: Job, flow: Flow | None) -> JsonObject | None:
    if flow is None or flow.deleted_at is not None:
        return {"code": "flow_is_gone", "message": "The flow of this job was deleted."}
    if flow.published_id is None or not flow.is_enabled:
        return {
            "code": "switched_off",
            "message": f"The flow {flow.name!r} is switched off or not published.",
        }
    return None


def _blocked_by_credential(flow: Flow) -> JsonObject | None:
    """The first credential of the flow that is known not to work; one that was never tested blocks nothing."""
    for found in published_credentials(flow):
        if code := BLOCKED_BY.get(found.state):
            return {
                "code": code,
                "message": f"The credential “{found.name}” is {found.state}: {found.state_text}",
                "hint": "Mend the credential, or let the job start whatever its credentials are like.",
            }
    return None


def _payload(job_run: JobRun) -> JsonObject:
    """What the run's record begins with: a flow gets the parameters; a command is looked up by its job run."""
    if job_run.job.kind == Job.Kind.FLOW:
        payload: JsonObject = {**job_run.job.parameters, **job_run.plain_overrides.get("parameters", {})}
        return payload
    return {"name": job_run.job.name, "job_run": str(job_run.id)}


def _drawing() -> JsonObject:
    return {
        "format": "hookflow/flow",
        "version": 1,
        "name": COMMANDS,
        "description": "Runs the command of one job run. Made by the program.",
        "settings": {},
        "nodes": [
            {"id": "start", "type": "manual", "name": "Start", "config": {}, "position": {"x": 0, "y": 0}},
            {
                "id": COMMAND_NODE,
                "type": "job-command",
                "name": "Command",
                "config": {},
                "settings": {},
                "position": {"x": 260, "y": 0},
            },
        ],
        "edges": [{"from": "start", "port": "out", "to": COMMAND_NODE}],
    }
