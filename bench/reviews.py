"""`python -m bench.reviews [--waiting 100000] [--out FILE]`: the queue while so many tasks wait for review.

Fills a database of its own (SQLite, or the empty one that `DATABASE_URL` names), then times lists as a client of the
API meets them inside the process, and counts the processor time of the sweeper's look. Beside each p95 stands the
processor time of this process (`_cpu_ms`, the median): on a machine that others use it says more, with SQLite all of
it. Adds one line to the results.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

REQUESTS = 40
LOOKS = 50
DUE = 1_000
BATCH = 2_000
GOALS = {"list_p95_ms": 300, "sweeper_percent_of_core": 5}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.reviews", description=__doc__)
    parser.add_argument("--waiting", type=int, default=100_000)
    parser.add_argument("--out", type=Path, default=Path("test-results/bench.jsonl"))
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hf-reviews-") as folder:
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/bench.sqlite3")
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hookflow_site.settings")
        os.environ.setdefault("HOOKFLOW_DATA", folder)
        os.environ.setdefault("API_REQUESTS_PER_MINUTE", "1000000")
        figures = _measured(args.waiting)
    row = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "system": "hookflow",
        "workload": "reviews",
        "waiting": args.waiting,
        "goals": GOALS,
        "figures": figures,
    }
    args.out.parent.mkdir(parents=True, exist_ok=True)
    with args.out.open("a") as file:
        file.write(json.dumps(row) + "\n")
    sys.stdout.write(json.dumps(row) + "\n")


def _measured(waiting: int) -> dict[str, Any]:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from rest_framework.test import APIClient

    from accounts.models import User
    from hookflow_site.process import settle_memory

    settings.ALLOWED_HOSTS = ["*"]
    call_command("migrate", verbosity=0)
    seconds = _timed(lambda: _fill(waiting))
    settle_memory()  # as the web's processes do: else single requests pay for what was made above
    figures: dict[str, Any] = {"seconds_to_fill": round(seconds, 1)}
    for name in ("root", "boss", "vera", "grace"):
        user = User.objects.get(name=name)
        signed_in, with_token = APIClient(), APIClient()
        signed_in.force_login(user)
        with_token.credentials(HTTP_X_ABIQUO_TOKEN=_token_of(user))
        for what, address in _addresses(user).items():
            client = with_token if what.startswith("pending") else signed_in
            if (found := _times(client, address)) is not None:
                figures[f"{name}_{what}_p95_ms"], figures[f"{name}_{what}_cpu_ms"] = found
    lists = [value for name, value in figures.items() if name.endswith("_p95_ms")]
    return {**figures, "list_p95_ms": max(lists), **_swept()}


def _token_of(user: Any) -> str:
    """The original's API takes no session."""
    from accounts.actors import Actor
    from approvals.original.auth import session_tokens

    return session_tokens.made(Actor.of_user(user))


def _addresses(user: Any) -> dict[str, str]:
    tasks = "/api/v1/tasks/"
    pending = "action/pendingtasks"
    enterprise = f"/api/admin/enterprises/{user.tenant_id or '_'}"
    return {
        "list": tasks,
        "waiting": f"{tasks}?state=QUEUEING",
        "large_page": f"{tasks}?state=QUEUEING&page_size=200",
        "one_type": f"{tasks}?type=DEPLOY",
        "asked": f"{tasks}?is_asked=true",
        "page": "/reviews/",
        "page_by_due": "/reviews/?state=waiting&sort=due",
        "page_asked": "/reviews/?state=asked",
        "page_of_a_rare_type": "/reviews/?state=waiting&type=UNDEPLOY",
        "page_over": "/reviews/?state=over",
        "own_page": "/reviews/own/",
        "pending": f"{enterprise}/{pending}",
        "pending_second_page": f"{enterprise}/{pending}?startwith=25",
        "pending_has": f"{enterprise}/{pending}?has=host-4711",
        "pending_by_user": f"{enterprise}/{pending}?by=userId&asc=false",
        "pending_of_user": f"{enterprise}/users/{user.pk}/{pending}",
    }


def _times(client: Any, address: str) -> tuple[float, float] | None:
    """The p95, and the median of processor time, in ms; None where that person has no such list."""
    times, processor = [], []
    for _ in range(REQUESTS):
        begin, worked = time.perf_counter(), time.process_time()
        answer = client.get(address)
        times.append((time.perf_counter() - begin) * 1000)
        processor.append((time.process_time() - worked) * 1000)
        if answer.status_code in (302, 403, 404):
            return None
        if answer.status_code != 200:
            raise RuntimeError(f"{address}: {answer.status_code} {answer.content[:300]!r}")
    return round(statistics.quantiles(times, n=20)[-1], 1), round(statistics.median(processor), 1)


def _swept() -> dict[str, Any]:
    """Processor time of a look when nothing is due, which happens once a second, and of a thousand deadlines."""
    from approvals.models import Task
    from approvals.services.looking import look

    begin = time.process_time()
    for _ in range(LOOKS):
        look()
    idle = (time.process_time() - begin) / LOOKS
    due = list(Task.objects.filter(state="QUEUEING").values_list("id", flat=True)[:DUE])
    Task.objects.filter(id__in=due).update(due_at=datetime.now(UTC))
    begin = time.process_time()
    while look():
        pass
    busy = time.process_time() - begin
    return {
        "sweeper_percent_of_core": round(idle * 100, 3),
        "ms_a_due_task": round(busy / len(due) * 1000, 2),
    }


def _fill(waiting: int) -> None:
    """Two tenants; each second task is of the one whose manager asks, and each tenth of these of one customer.

    Of each four two are operations on servers. The policy asks two people, all tasks are due at the same moment.
    """
    from accounts.models import Tenant, User
    from approvals.models import Asked, Policy, Task
    from approvals.services import policies
    from common.ids import new_id

    acme, other = (Tenant.objects.create(name=name, slug=name) for name in ("acme", "other"))
    boss = User.objects.create(name="boss", email="boss@bench.example", role="tenant_admin", tenant=acme)
    grace = User.objects.create(name="grace", email="grace@bench.example", role="customer", tenant=acme)
    vera = User.objects.create(name="vera", email="vera@bench.example", role="viewer", tenant=acme)
    User.objects.create(name="root", email="root@bench.example", role="platform_admin")
    begin = datetime.now(UTC) - timedelta(days=1)
    deadline = {"after": {"minutes": 10_080}, "then": "cancel"}
    reviewers = [{"kind": "user", "id": user.pk} for user in (boss, vera)]
    level = {"reviewers": reviewers, "deadline": deadline}
    model = Task(type="REVIEW", tenant=acme, created_at=begin)
    policies.hold(model, Policy(tenant=acme, name="Week", document={"stages": [{"levels": [level]}]}), {})
    kept = {name: getattr(model, name) for name in ("policy_name", "policy", "reviewers", "due_at")}
    for first in range(0, waiting, BATCH):
        numbers = range(first, min(first + BATCH, waiting))
        server_of = _servers(numbers, grace, (other, acme))
        tasks = Task.objects.bulk_create(
            Task(
                id=new_id(),
                tenant=acme if number % 2 else other,
                type="DEPLOY" if number in server_of else "REVIEW",
                server=server_of.get(number),
                state="QUEUEING",
                requester=grace if number % 20 == 1 else None,
                requester_name="grace",
                created_at=begin + timedelta(milliseconds=number),
                changed_at=begin,
                title=f"Task {number}",
                text="What is asked. " * 20,
                **kept,
            )
            for number in numbers
        )
        _add_jobs(tasks)
        Asked.objects.bulk_create(
            Asked(task=task, user=user, is_open=True) for task in tasks for user in (boss, vera)
        )


def _servers(numbers: range, user: Any, tenants: tuple[Any, Any]) -> dict[int, Any]:
    from inventory.models import Server

    made = Server.objects.bulk_create(
        Server(
            vmid=100 + number,
            tenant=tenants[number % 2],
            user=user,
            hostname=f"host-{number}.example.org",
        )
        for number in numbers
        if number % 4 < 2
    )
    return {server.vmid - 100: server for server in made}


def _add_jobs(tasks: list[Any]) -> None:
    from approvals.models import TaskJob
    from approvals.services.operations import JOBS
    from common.ids import new_id

    TaskJob.objects.bulk_create(
        TaskJob(
            id=new_id(),
            task=task,
            position=position,
            type=job,
            created_at=task.created_at,
            changed_at=task.changed_at,
        )
        for task in tasks
        if task.server_id
        for position, job in enumerate(JOBS["DEPLOY"], start=1)
    )


def _timed(work: Callable[[], None]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


if __name__ == "__main__":
    main()
