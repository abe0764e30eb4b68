"""What blocks a task, in plain words."""

from datetime import UTC, datetime
from typing import Any

import pytest

from accounts.models import Tenant
from accounts.roles import Role
from approvals.models import ReviewGroup, Task
from approvals.services.blocking import blocks
from tests.approvals.services.test_asking import held, says
from tests.conftest import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(tenant: Tenant) -> list[Any]:
    return [
        make_user(f"{name}@acme.example", Role.viewer, tenant)
        for name in ("ann", "ben", "cas", "dan", "eve", "flo")
    ]


def level(*reviewers: Any, **rules: Any) -> dict[str, Any]:
    told = [{"kind": "user", "id": one.pk} if hasattr(one, "pk") else one for one in reviewers]
    return {"levels": [{"reviewers": told, **rules}]}


def group(tenant: Tenant, members: list[Any]) -> dict[str, Any]:
    now = datetime.now(UTC)
    made = ReviewGroup.objects.create(tenant=tenant, name="Network", created_at=now, updated_at=now)
    made.members.set(members)
    return {"kind": "group", "id": made.pk}


def test_people_are_named_by_what_the_rule_needs_of_them(tenant: Tenant, staff: Any):
    ann, ben, cas, *_ = staff
    assert blocks(held(tenant, level(ann))) == "ann"
    assert blocks(held(tenant, level(ann, ben))) == "ann or ben"
    assert blocks(held(tenant, level(ann, ben, approval={"kind": "all"}))) == "ann and ben"
    two = held(tenant, level(ann, ben, cas, approval={"kind": "count", "number": 2}))
    assert blocks(two) == "2 more of ann, ben and cas"


def test_who_has_answered_is_not_named_any_more(tenant: Tenant, staff: Any):
    ann, ben, *_ = staff
    task = held(tenant, level(ann, ben, approval={"kind": "all"}))
    says(ann, task)
    task.refresh_from_db()
    assert blocks(task) == "ben"


def test_the_stage_is_named_and_the_next_one_once_it_is_its_turn(tenant: Tenant, staff: Any):
    ann, ben, *_ = staff
    task = held(tenant, {**level(ann), "name": "Technical"}, level(ben))
    assert blocks(task) == "Stage 1 of 2 (Technical): ann"
    says(ann, task)
    task.refresh_from_db()
    assert blocks(task) == "Stage 2 of 2: ben"


def test_a_large_group_is_named_as_one(tenant: Tenant, staff: Any):
    network = group(tenant, staff[1:])
    assert blocks(held(tenant, level(staff[0], network))) == "ann or one of the group Network"
    assert blocks(held(tenant, level(network, approval={"kind": "all"}))) == "all 5 of the group Network"


def test_without_a_policy_managers_and_admins_are_named_and_nobody_once_it_is_over(hold: Any):
    assert blocks(hold()) == "Any manager or admin"
    assert blocks(Task(state=Task.State.CANCELLED)) == ""
