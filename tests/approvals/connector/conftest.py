"""A connector that listens, and a task that it is to be told of."""

from collections.abc import Iterator

import pytest
from django.db import transaction

from accounts.actors import Actor
from accounts.models import User
from approvals.connector import told_held
from approvals.connector.delivering import try_once
from approvals.connector.outcome import Outcome
from approvals.models import Delivery, Task
from approvals.services.settings import set_workflow, workflow_settings
from tests.approvals.original import conftest as example
from tests.support.connectors import Connector, serving

enterprise, requester, machine = example.enterprise, example.requester, example.machine
task_of, recorded = example.task_of, example.recorded


@pytest.fixture
def root(platform_admin: User) -> Actor:
    return Actor.of_user(platform_admin)


@pytest.fixture
def there(root: Actor, loopback_allowed: None) -> Iterator[Connector]:
    with serving(Connector()) as listening:
        set_workflow(root, is_enabled=True, endpoint=listening.url, connect_ms=2000, read_ms=2000)
        yield listening


@pytest.fixture
def delivery(there: Connector, recorded: Task) -> Delivery:
    with transaction.atomic():
        made = told_held([recorded])
    assert made is not None
    return made


def attempt(delivery: Delivery) -> Outcome | None:
    """One try, as a worker's thread makes it."""
    return try_once(Delivery.objects.get(pk=delivery.pk), workflow_settings())
