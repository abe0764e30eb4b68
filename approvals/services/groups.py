"""Review groups: people who are asked together."""

from collections.abc import Collection
from typing import Any

from django.db.models import Count, QuerySet

from accounts.actors import Actor
from accounts.models import User
from accounts.scope import visible
from approvals.models import ReviewGroup, Task
from approvals.services import owned
from approvals.services.reviewers import may_review
from common.problems import bad_value

MOST_MEMBERS = 500


def groups_in_reach(actor: Actor) -> QuerySet[ReviewGroup]:
    """The groups in reach, by name, with how many are in each."""
    rows = visible(ReviewGroup, actor).select_related("tenant").prefetch_related("members")
    return rows.annotate(size=Count("members")).order_by("name", "id")


def groups_of(tenant_id: int | None) -> QuerySet[ReviewGroup]:
    """The groups of an owner, by name."""
    return ReviewGroup.objects.filter(tenant=tenant_id)


def people_in_reach(actor: Actor, tenant_id: int | None) -> QuerySet[User]:
    """Whom the actor can name as reviewers for an owner, by address."""
    return visible(may_review(tenant_id), actor).order_by("email")


def named_people(actor: Actor, tenant_id: int | None) -> list[tuple[int, str]]:
    """The same as id and name with address."""
    people = people_in_reach(actor, tenant_id).values_list("id", "name", "email")
    return [(pk, f"{name} ({email})" if name else email) for pk, name, email in people]


def handable_to(actor: Actor, task: Task) -> list[tuple[int, str]]:
    """Whom the actor can have asked about a task instead, as id and name with address."""
    left_out = {actor.user_id, task.requester_id}
    return [(pk, name) for pk, name in named_people(actor, task.tenant_id) if pk not in left_out]


def create_group(*, actor: Actor, tenant_id: int | None = None, **values: Any) -> ReviewGroup:
    """A group. `members` are ids of users.

    Raises:
        Problem: 400 `unknown_user`, `too_many_members`, `name_missing`; 403; 409 `name_taken`.
    """
    return owned.create(ReviewGroup, actor, tenant_id, values, _fill_for(actor))


def change_group(*, actor: Actor, group: ReviewGroup, **values: Any) -> ReviewGroup:
    """Change a group. Tasks that wait already ask whom they asked.

    Raises:
        Problem: as `create_group`.
    """
    return owned.change(group, actor, values, _fill_for(actor))


def delete_group(*, actor: Actor, group: ReviewGroup) -> None:
    """Take a group away.

    Raises:
        Problem: 403; 409 `in_use`: policies name it.
    """
    names = owned.policies_that_name("group", group.pk, group.tenant_id)
    owned.delete(group, actor, in_use=f"Policies ask this group: {', '.join(names)}." if names else "")


def _fill_for(actor: Actor) -> owned.Fill[ReviewGroup]:
    def fill(group: ReviewGroup, values: dict[str, Any]) -> dict[str, Any]:
        if "members" not in values:
            return {}
        before = sorted(group.members.values_list("id", flat=True))
        after = _known(actor, group.tenant_id, set(values["members"]) - set(before)) | (
            set(values["members"]) & set(before)
        )
        if len(after) > MOST_MEMBERS:
            message = f"A group has at most {MOST_MEMBERS} members."
            raise bad_value("too_many_members", message, field="members")
        group.members.set(after)
        return {} if set(before) == after else {"members": [before, sorted(after)]}

    return fill


def _known(actor: Actor, tenant_id: int | None, ids: Collection[int]) -> set[int]:
    found = set(people_in_reach(actor, tenant_id).filter(pk__in=ids).values_list("id", flat=True))
    if missing := set(ids) - found:
        raise bad_value(
            "unknown_user",
            f"There is no such user: {min(missing)}.",
            hint="Members can see tasks of the tenant; customers cannot.",
            field="members",
        )
    return found
