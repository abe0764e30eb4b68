"""Tasks and their jobs as the Workflow feature tells them."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from approvals.models import Task, TaskJob
from approvals.original.links import Dto, Links, machine_path, user_path


def task_dto(task: Task, links: Links) -> Dto:
    """One task; its `jobs`, `server` and `requester` should be loaded."""
    requester = task.requester
    return {
        "taskId": str(task.id),
        "userId": str(requester.pk) if requester else "",
        "ownerId": str(task.server_id or ""),
        "type": task.type,
        "state": task.state,
        "timestamp": _seconds(task.changed_at),
        "creationTimestamp": _seconds(task.created_at),
        "jobs": {"links": [], "collection": [job_dto(task, job) for job in task.jobs.all()]},
        "links": task_links(task, links),
    }


def job_dto(task: Task, job: TaskJob) -> Dto:
    return {
        "id": f"{task.id}.{job.id}",
        "parentTaskId": str(task.id),
        "type": job.type,
        "state": job.state,
        "rollbackState": job.rollback_state,
        "description": job.description,
        "timestamp": _seconds(job.changed_at),
        "creationTimestamp": _seconds(job.created_at),
        "links": [],
    }


def task_links(task: Task, links: Links) -> list[Dto]:
    """What can be done with it now: a task that waits has `cancel` and `continue`, one that failed `acknowledge`."""
    machine = machine_path(task.tenant_id, task.server_id or 0)
    own = f"{machine}/tasks/{task.id}"
    found = [links.to("self", own), links.to("parent", machine)]
    if task.state == Task.State.QUEUEING:
        found += [
            links.to("cancel", f"{own}/action/cancel"),
            links.to("continue", f"{own}/action/continue"),
            links.to("target", machine),
        ]
    else:
        if task.state == Task.State.FINISHED_UNSUCCESSFULLY:
            found.append(links.to("acknowledge", f"{own}/action/ack"))
        found.append(links.to("virtualmachine", machine, entity="virtualmachine"))
    requester = task.requester
    if requester is not None:
        path = user_path(requester.tenant_id, requester.pk)
        found.append(links.to("user", path, entity="user", title=requester.email))
    return found


def tasks_dto(
    tasks: Iterable[Task], links: Links, own_links: Sequence[Dto] = (), total: int | None = None
) -> Dto:
    """Several tasks; lists in pages say how many there are in all."""
    count = {} if total is None else {"totalSize": total}
    return {**count, "links": list(own_links), "collection": [task_dto(task, links) for task in tasks]}


def pending_links(links: Links, owner: str) -> list[Dto]:
    """What a list of waiting tasks is, and the path of the enterprise or user that it belongs to."""
    own = f"{owner}/action/pendingtasks"
    return [links.to("self", own, entity="tasks"), links.to("parent", owner)]


def status_links(tasks: Iterable[Task], links: Links) -> Dto:
    """What is answered to an operation that was accepted: where each of its tasks can be followed."""
    found = [
        links.to(
            "status",
            f"{machine_path(task.tenant_id, task.server_id or 0)}/tasks/{task.id}",
            entity="task",
            title="status",
        )
        for task in tasks
    ]
    return {"links": found, "entity": "You can keep track of the progress in the link"}


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
