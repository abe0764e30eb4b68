"""What a fault test does inside the installation under test: `python -m tests.faults.inside seed …`.

A process of its own, because the test's own Django looks at another database.
"""

import json
import os
import sys
from collections import Counter
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hookflow_site.settings")


def seed(drawing: str) -> dict[str, Any]:
    """Publish a flow with a webhook, and give its key and secret."""
    from accounts.models import PlatformSettings
    from flows.services.hooks import rotate_secret
    from tests.support.flows import ADMIN, published

    PlatformSettings.objects.update_or_create(id=1, defaults={"egress_allowed_networks": ["127.0.0.0/8"]})
    flow = published(json.loads(drawing))
    secret = rotate_secret(actor=ADMIN, flow=flow)
    return {"key": flow.hook.key, "secret": secret, "flow": str(flow.id)}


def start(flow_id: str, payload: str) -> dict[str, Any]:
    """Start the flow by hand."""
    from flows.models import Flow
    from tests.support.flows import ADMIN, start_flow

    accepted = start_flow(actor=ADMIN, flow=Flow.objects.get(id=flow_id), payload=json.loads(payload))
    return {"run": str(accepted.runs[0])}


def report() -> dict[str, Any]:
    """Every run with its event number, status, wait reason and steps."""
    from flows.models import QueueEntry, Run

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
        "queued": QueueEntry.objects.count(),
    }


def decide(run_id: str, node: str, decision: str) -> dict[str, Any]:
    """Decide an interrupted step."""
    from flows.models import Run
    from flows.services.runs import decide_interrupted
    from tests.support.flows import ADMIN

    run = Run.objects.get(id=run_id)
    decide_interrupted(actor=ADMIN, run=run, node=node, decision=decision)  # type: ignore[arg-type]
    return {"status": run.status}


if __name__ == "__main__":
    django.setup()
    command = {"seed": seed, "start": start, "report": report, "decide": decide}[sys.argv[1]]
    sys.stdout.write("\n" + json.dumps(command(*sys.argv[2:])) + "\n")
