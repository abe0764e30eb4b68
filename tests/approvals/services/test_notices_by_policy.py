"""Whom the policy of a task has told, and of what."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import transaction

from accounts.actors import Actor
from accounts.models import Tenant, User
from approvals.models import Answer, Task
from approvals.services.talking import reassign
from approvals.services.telling import tell_on_commit
from tests.approvals.services.test_asking import asks, away, says
from tests.approvals.services.test_asking import held as held_by
from tests.approvals.services.test_notices import Outbox, go, outbox

pytestmark = pytest.mark.django_db
__all__ = ["outbox"]


def by_policy(tenant: Tenant, *stages: Any) -> Task:
    with transaction.atomic():
        task = held_by(tenant, *stages, content_hash="c0ffee", title="More memory")
        tell_on_commit(task)
    return task


def test_a_mail_says_what_decides_and_why_one_is_asked(
    tenant: Tenant, viewer: User, flow_editor: User, outbox: Outbox
):
    away(viewer, flow_editor)
    by_policy(tenant, asks(viewer))
    go()
    [own], [other] = outbox.to(viewer), outbox.to(flow_editor)
    assert f"It waits for: {viewer.name}." in own.text
    assert "asks you." in own.text
    assert f"asks {viewer.name}, who is away and has named you as delegate." in other.text


def test_who_is_asked_again_in_a_later_stage_is_told_once_for_each(
    tenant: Tenant, viewer: User, outbox: Outbox
):
    task = by_policy(tenant, asks(viewer), asks(viewer))
    go()
    says(viewer, task)
    go()
    go()
    first, second = (re.findall(r"by-mail/(\S+)/continue/", mail.text) for mail in outbox.to(viewer))
    assert first != second


def test_who_is_asked_after_a_reminder_is_not_reminded_of_it(
    tenant: Tenant, viewer: User, flow_editor: User, outbox: Outbox
):
    task = by_policy(tenant, asks(viewer))
    go()
    now = datetime.now(UTC)
    Answer.objects.create(task=task, kind="remind", way="policy", at=now)
    reassign(actor=Actor.of_user(viewer), task_id=task.id, to_users=[flow_editor.pk], way=Answer.Way.PAGE)
    go()
    tell_on_commit(task)
    go()
    assert len(outbox.to(flow_editor)) == 1
