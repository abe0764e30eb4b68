"""What the connector is sent: the original's task or tasks with links that are paths only."""

import base64
import hmac
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from approvals.models import Delivery, Task, TaskJob
from approvals.original.dto.tasks import task_dto, tasks_dto
from approvals.original.links import Dto, Links
from approvals.original.media import NEWEST, Asked, Form
from approvals.original.writing import written
from flows.sdk.signatures import standard_key

TEST_ID: Final = UUID(int=0)
"""The id of the task that a test delivery tells of: there is none such."""


def body_of(delivery: Delivery, tasks: Sequence[Task], form: Form) -> tuple[bytes, str]:
    """The body and its media type."""
    links = Links(form=form)
    entity = "tasks" if delivery.is_batch else "task"
    dto = (
        tasks_dto(tasks, links)
        if delivery.is_batch
        else task_dto(tasks[0], links)
        if tasks
        else _made_up(links)
    )
    how = Asked(form, NEWEST)
    return written(entity, dto, how), how.content_type(entity)


def signature_headers(delivery: Delivery, body: bytes, secret: str, now: datetime) -> dict[str, str]:
    """The headers of Standard Webhooks; none without a secret. The id is the delivery's, whatever try it is."""
    if not secret:
        return {}
    moment = str(int(now.timestamp()))
    signed = f"{delivery.id}.{moment}.".encode() + body
    signature = base64.b64encode(hmac.digest(standard_key(secret), signed, "sha256")).decode()
    return {
        "webhook-id": str(delivery.id),
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,{signature}",
    }


def _made_up(links: Links) -> Dto:
    """A task that nobody asked for, so that a connector can be tried out."""
    now = datetime.now(UTC)
    task = Task(id=TEST_ID, type=Task.Type.DEPLOY, state=Task.State.QUEUEING, created_at=now, changed_at=now)
    job = TaskJob(
        id=TEST_ID,
        type=TaskJob.Type.SCHEDULE,
        description="A test of the connector",
        created_at=now,
        changed_at=now,
    )
    setattr(task, "_prefetched_objects_cache", {"jobs": [job]})  # noqa: B010
    return task_dto(task, links)
