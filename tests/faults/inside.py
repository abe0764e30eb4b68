"""What a fault test does inside the installation under test: takes a command a line, gives an answer a line, in JSON.

A process of its own, because the test's own Django looks at another database.
"""

import json
import os
import sys
import time
from collections import Counter
from typing import Any

import django

from tests.faults.inside_hooks import call_tokens, hooked, hooks_file

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hookflow_site.settings")


def seed(drawing: dict[str, Any]) -> dict[str, Any]:
    """Publish a flow with a webhook, and give its key and secret."""
    from accounts.models import PlatformSettings
    from flows.services.hooks import rotate_secret
    from tests.support.flows import ADMIN, published

    PlatformSettings.objects.update_or_create(id=1, defaults={"egress_allowed_networks": ["127.0.0.0/8"]})
    flow = published(drawing)
    secret = rotate_secret(actor=ADMIN, flow=flow)
    return {"key": flow.hook.key, "secret": secret, "flow": str(flow.id)}


def start(flow_id: str, payload: dict[str, Any]) -> dict[str, Any]:
    """Start the flow by hand."""
    from flows.models import Flow
    from tests.support.flows import ADMIN, start_flow

    accepted = start_flow(actor=ADMIN, flow=Flow.objects.get(id=flow_id), payload=payload)
    return {"run": str(accepted.runs[0])}


def schedule(flows: int) -> dict[str, Any]:
    """Publish so many flows that a schedule starts, none of them soon."""
    from tests.support.flows import line, published

    yearly = ("t", "schedule", {"cron": "0 0 1 1 *", "zone": "UTC"})
    return {"flows": [str(published(line(yearly)).id) for _ in range(flows)]}


def tick(expected: int) -> dict[str, Any]:
    """Make a tick of every schedule due now, wait for so many runs in all, and give the ticks of each flow."""
    from datetime import UTC, datetime

    from flows.models import Run, Trigger
    from flows.sdk import TriggerKind
    from tests.support.processes import wait_until

    now = datetime.now(UTC)
    Trigger.objects.filter(kind=TriggerKind.SCHEDULE).update(next_fire_at=now)
    runs = Run.objects.filter(event__source="schedule")
    wait_until(lambda: runs.count() >= expected, "All ticks fired", 90)
    time.sleep(2)  # whoever would fire a tick a second time has looked by then
    fired: dict[str, list[str]] = {}
    for run in runs.select_related("event").order_by("id"):
        fired.setdefault(str(run.flow_id), []).append(run.event.payload["scheduled_at"])
    return {"at": now.isoformat().replace("+00:00", "Z"), "fired": fired}


def report() -> dict[str, Any]:
    """Every run with its event number, status, wait reason and steps."""
    from flows.models import QueueEntry, Run

    queued = QueueEntry.objects.count()  # first: runs that end while they are read would be missed
    runs = Run.objects.select_related("event").prefetch_related("steps")
    return {
        "runs": [
            {
                "id": str(run.id),
                "number": run.event.payload.get("id"),
                "status": run.status,
                "wait_reason": run.wait_reason,
                "owner": run.queue_entry.owner if hasattr(run, "queue_entry") else None,
                "steps": [[step.node_id, step.attempt, step.status] for step in run.steps.all()],
            }
            for run in runs
        ],
        "statuses": dict(Counter(run.status for run in runs)),
        "queued": queued,
    }


def listen(events: list[str]) -> dict[str, Any]:
    """Publish a flow for each of these life-cycle events."""
    from tests.support.flows import line, published

    does = ("a", "add-field", {"as_field": "done", "value": "yes"})
    return {
        "flows": [str(published(line(("t", "life-cycle", {"event": event}), does)).id) for event in events]
    }


def told(flow_id: str) -> dict[str, Any]:
    """What life-cycle events told of each run of the flow, in order, and how many runs each of those events started."""
    from flows.models import Event, Run

    told: dict[str, list[str]] = {
        str(run): [] for run in Run.objects.filter(flow=flow_id).values_list("id", flat=True)
    }
    events = Event.objects.filter(type__startswith="workflow_").order_by("id")
    for event in events:
        told.setdefault(str(event.cause_run_id), []).append(event.type)
    runs = Run.objects.exclude(flow=flow_id)
    return {
        "told": told,
        "heard": Counter(events.values_list("run_count", flat=True)),
        "hooks": dict(Counter(runs.values_list("status", flat=True))),
        "open": Run.objects.exclude(status__in=("succeeded", "failed", "cancelled")).count(),
    }


def decide(run_id: str, node: str, decision: str) -> dict[str, Any]:
    """Decide an interrupted step."""
    from flows.models import Run
    from flows.services.runs import decide_interrupted
    from tests.support.flows import ADMIN

    run = Run.objects.get(id=run_id)
    decide_interrupted(actor=ADMIN, run=run, node=node, decision=decision)  # type: ignore[arg-type]
    return {"status": run.status}


def review(run_id: str) -> dict[str, Any]:
    """Continue the task of a run; the code of the refusal when somebody has decided."""
    from approvals.models import Answer, Task
    from approvals.services.deciding import decide as decide_task
    from common.problems import Problem
    from tests.support.flows import ADMIN

    task = Task.objects.get(run_id=run_id)
    try:
        decide_task(actor=ADMIN, task_id=task.id, kind=Answer.Kind.CONTINUE, way=Answer.Way.API)
    except Problem as problem:
        return {"code": problem.code}
    return {"code": ""}


def tasks() -> dict[str, Any]:
    """Of each run that people were asked about: the state of its task, and how many decisions and entries there are."""
    from accounts.models import AuditEntry
    from approvals.models import Task

    return {
        str(task.run_id): {
            "state": task.state,
            "answers": task.answers.count(),
            "entries": AuditEntry.objects.filter(target="task", target_id=str(task.id)).count(),
        }
        for task in Task.objects.all()
    }


def launch_job(script: str, attempts: int) -> dict[str, Any]:
    """Launch a job whose command is a shell script."""
    from jobs.services.commands import create_command
    from jobs.services.jobs import create_job
    from jobs.services.launching import launch
    from tests.support.flows import ADMIN

    slots = [
        {"name": "c", "kind": "fixed", "text": "-c"},
        {"name": "script", "kind": "fixed", "text": script},
    ]
    command = create_command(actor=ADMIN, name="Script", executable="/bin/sh", slots=slots)
    retry = {"max_attempts": attempts, "backoff": "fixed" if attempts > 1 else "none"}
    job = create_job(actor=ADMIN, name="Long", kind="command", command=command, **retry)
    return {"job_run": str(launch(actor=ADMIN, job=job).id)}


def job_runs() -> list[dict[str, Any]]:
    """Every job run, the first attempt first."""
    from jobs.models import JobRun

    rows = JobRun.objects.order_by("attempt")
    return [{"state": row.state, "run": str(row.run_id), "error": row.error} for row in rows]


def refuse_inside() -> dict[str, Any]:
    """Private addresses are refused, as they are from the start."""
    from accounts.models import PlatformSettings

    PlatformSettings.objects.update(egress_allowed_networks=[])
    return {}


def prepare_deploys(url: str, ca: str) -> dict[str, Any]:
    """A Proxmox with a template, and a customer who asks for servers made from it."""
    from accounts.models import PlatformSettings, Tenant, User
    from actions.services.credentials import create
    from inventory.models import ProxmoxNode, Template
    from tests.support.flows import ADMIN

    PlatformSettings.objects.update_or_create(id=1, defaults={"egress_allowed_networks": ["127.0.0.0/8"]})
    values = {"url": url, "token_id": "hookflow@pve!flows", "secret": "s", "ca": ca}
    create(actor=ADMIN, type="proxmox", name="cluster", values=values)
    ProxmoxNode.objects.create(name="pve", credential="cluster")
    Template.objects.create(vmid=9000, display_name="Debian 13")
    tenant = Tenant.objects.create(name="Acme", slug="acme")
    user = User.objects.create(email="grace@acme.example", name="Grace", role="customer", tenant=tenant)
    return {"user": user.pk}


def order(user_id: int, hostname: str) -> dict[str, Any]:
    """Ask for a server and its deploy."""
    from accounts.actors import Actor
    from accounts.models import User
    from approvals.services.ordering import order_server

    asking = Actor.of_user(User.objects.get(pk=user_id))
    task = order_server(
        actor=asking, values={"hostname": hostname, "os": "Debian 13", "cpu": 2, "ram": 2048, "disk": 30}
    )
    return {"task": str(task.id)}


def cancel_operation(task_id: str) -> dict[str, Any]:
    """Cancel the run that carries an operation out."""
    from approvals.models import Task
    from flows.models import Run
    from flows.services.runs import cancel_run
    from tests.support.flows import ADMIN

    cancel_run(actor=ADMIN, run=Run.objects.get(id=Task.objects.get(id=task_id).execution_id))
    return {}


def operation(task_id: str) -> dict[str, Any]:
    """How an operation stands: its state, those of its jobs and of its server, and the events that told of them."""
    from approvals.models import Task
    from flows.models import Event

    task = Task.objects.select_related("server").get(id=task_id)
    assert task.server is not None
    events = Event.objects.order_by("id").values_list("type", "payload")
    about = (task_id, task.server_id)
    return {
        "state": task.state,
        "error": task.error,
        "jobs": [job.state for job in task.jobs.all()],
        "rollbacks": [job.rollback_state for job in task.jobs.all()],
        "server": [task.server.deployment, task.server.status, task.server.node],
        "events": [kind for kind, told in events if told.get("taskId") in about or told.get("id") in about],
    }


if __name__ == "__main__":
    answers, sys.stdout = sys.stdout, sys.stderr  # what the program itself says is no answer
    django.setup()
    commands = {
        call.__name__: call
        for call in (
            *(seed, start, schedule, tick, report, decide),
            *(review, tasks, launch_job, job_runs, listen, told),
            *(hooks_file, hooked, refuse_inside, call_tokens),
            *(prepare_deploys, order, operation, cancel_operation),
        )
    }
    for line in sys.stdin:
        name, *arguments = json.loads(line)
        answers.write(f"{json.dumps(commands[name](*arguments))}\n")
        answers.flush()
