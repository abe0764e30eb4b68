"""`python -m bench.stored FILE`: what hookflow kept of a workload's events, as JSON.

Counts in the database, then reads some runs with their steps through the API, as a person's program would.
"""

import json
import sys
import urllib.request
from collections import Counter
from pathlib import Path
from typing import Any

import django

django.setup()

from bench.systems.hookflow import EVENT_TYPE  # noqa: E402
from flows.models import Event, Run, Step  # noqa: E402  # models are ready only now

SAMPLE = 20
TYPES = ("hook.received", EVENT_TYPE)
FINAL = ("succeeded", "failed", "cancelled")


def main() -> None:
    wanted = json.loads(Path(sys.argv[1]).read_text())
    numbers = set(wanted["numbers"])
    events = {
        event_id: payload["id"]
        for event_id, payload in Event.objects.filter(type__in=TYPES).values_list("id", "payload").iterator()
        if payload.get("id") in numbers
    }
    runs = {
        run_id: (event_id, status)
        for run_id, event_id, status in Run.objects.values_list("id", "event_id", "status").iterator()
        if event_id in events
    }
    steps = Counter(
        run_id
        for run_id, node in Step.objects.filter(status="succeeded")
        .values_list("run_id", "node_id")
        .distinct()
        if run_id in runs
    )
    result = {
        "stored_events": len(events),
        "stored_runs": len(runs),
        "stored_runs_succeeded": sum(status == "succeeded" for _, status in runs.values()),
        "stored_runs_open": sum(status not in FINAL for _, status in runs.values()),
        "stored_steps": sum(steps.values()),
        "events_not_stored": len(numbers - set(events.values())),
        "events_without_one_run": len(events)
        - len({event for event, _ in runs.values()})
        + sum(count > 1 for count in Counter(event for event, _ in runs.values()).values()),
        "runs_without_all_steps": sum(steps[run_id] < wanted["steps"] for run_id in runs),
        "api_sample_complete": _sample(wanted, [str(run_id) for run_id in runs]),
    }
    sys.stdout.write(json.dumps(result) + "\n")


def _sample(wanted: dict[str, Any], runs: list[str]) -> str:
    """Of some runs, how many show all their steps, with output where a node made one, through the API."""
    chosen = runs[:: max(1, len(runs) // SAMPLE)][:SAMPLE]
    good = sum(_is_complete(wanted, run) for run in chosen)
    return f"{good}/{len(chosen)}"


def _is_complete(wanted: dict[str, Any], run: str) -> bool:
    steps = _get(wanted, f"/api/v1/runs/{run}/steps/")
    found = steps["results"] if isinstance(steps, dict) else steps
    done = [step for step in found if step["status"] == "succeeded" and step["output"]]
    return len(done) >= wanted["steps"]


def _get(wanted: dict[str, Any], path: str) -> Any:
    request = urllib.request.Request(
        wanted["base"] + path, headers={"Authorization": f"Bearer {wanted['token']}"}
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=30) as answer:
        return json.loads(answer.read())


if __name__ == "__main__":
    main()
