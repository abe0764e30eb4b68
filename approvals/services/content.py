"""What a reviewer sees of a task, as a hash: a decision counts for that content only."""

from hashlib import sha256

from approvals.models import Task
from common.strict_json import dumps


def hash_of(task: Task) -> str:
    """SHA-256 over all that is shown of it."""
    seen = [task.type, task.title, task.text, task.shown, task.form, task.request, task.server_id]
    return sha256(dumps(seen, sort_keys=True)).hexdigest()
