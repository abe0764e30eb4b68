"""Task end: an operation ends once, however often the step is repeated."""

import pytest

from approvals.nodes.task_end import TaskEnd
from approvals.services.requesting import request_operation
from flows.models import Event
from flows.sdk import NodeError
from flows.sdk.testing import FakeContext, run_node

pytestmark = pytest.mark.django_db


def test_an_operation_ends_once(asking, server):
    (task,) = request_operation(actor=asking, servers=[server], type="DEPLOY")
    ctx = FakeContext(tenant_id=task.tenant_id, run_id=str(task.execution_id))
    for _ in range(2):
        run_node(TaskEnd, {}, {"task": str(task.id)}, context=ctx)
    task.refresh_from_db()
    assert task.state == "FINISHED_SUCCESSFULLY"
    assert Event.objects.filter(type="task.finished").count() == 1


def test_a_run_that_was_not_started_for_a_task_ends_none(asking, server):
    (task,) = request_operation(actor=asking, servers=[server], type="DEPLOY")
    with pytest.raises(NodeError) as caught:
        run_node(TaskEnd, {}, {"task": str(task.id)}, context=FakeContext(tenant_id=task.tenant_id))
    assert caught.value.code == "not_a_task"
