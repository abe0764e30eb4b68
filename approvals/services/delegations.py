"""Out of office: who answers in whose place, and when."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet

from accounts import audit
from accounts.actors import Actor
from accounts.models import User
from accounts.roles import MACHINES, Permission
from accounts.scope import visible
from approvals.models import Delegation
from approvals.services.reviewers import may_review, roles_with
from common.problems import bad_value, conflict, forbidden

LONGEST = timedelta(days=366)
MOST_OPEN = 20
"""Delegations of one person that are not over."""


def delegations_in_reach(actor: Actor) -> QuerySet[Delegation]:
    """All in reach for whoever manages the workflow; the own ones, as owner or delegate, for others."""
    rows = Delegation.objects.select_related("owner", "delegate")
    if actor.may(Permission.manage_workflow):
        return visible(rows, actor)
    return rows.filter(Q(owner=actor.user_id) | Q(delegate=actor.user_id))


def people(actor: Actor) -> QuerySet[User]:
    """Whom the actor can name, and the actor, by address."""
    return visible(User, actor) | User.objects.filter(pk=actor.user_id or 0)


def delegates_in_reach(actor: Actor) -> QuerySet[User]:
    """Who could stand in for somebody whom the actor can name; whether for that one, `delegate` says."""
    found = people(actor).filter(is_active=True, role__in=roles_with(Permission.view_tasks))
    return found.exclude(role__in=[role.value for role in MACHINES]).order_by("email")


def myself(actor: Actor) -> User:
    """The actor as a user.

    Raises:
        Problem: 400 `unknown_user`: it is the program.
    """
    found = User.objects.filter(pk=actor.user_id or 0).first()
    if found is None:
        raise bad_value("unknown_user", "Say who is away.", field="owner")
    return found


def possible_delegates(owner: User) -> QuerySet[User]:
    """Who could stand in: whoever can see the tasks that the owner sees, of the owner's tenant."""
    people = may_review(owner.tenant_id).filter(tenant=owner.tenant_id)
    return people.exclude(pk=owner.pk).order_by("email")


def delegate(
    *, actor: Actor, owner: User, to: User, start: datetime, until: datetime, reason: str = ""
) -> Delegation:
    """Let `to` answer in the place of `owner`, from `start` until `until`.

    Raises:
        Problem: 400 `bad_time`, `unknown_user`; 403 `not_allowed`; 409 `delegation_cycle`, `too_many`.
    """
    _check_who(actor, owner, to)
    _check_when(start, until)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=owner.pk)
        _check_others(owner, to, start, until)
        made = Delegation.objects.create(
            owner=owner, delegate=to, start=start, until=until, reason=reason,
            created_by=actor.name, created_at=datetime.now(UTC),
        )  # fmt: skip
        _write_down(actor, "created", made, {"owner": owner.pk, "delegate": to.pk, "reason": reason})
    return made


def end_delegation(*, actor: Actor, delegation: Delegation) -> Delegation:
    """End it now; one that has not begun never comes into force. Ending it twice changes nothing.

    Raises:
        Problem: 403 `not_allowed`.
    """
    _check_owner(actor, delegation.owner_id)
    with transaction.atomic():
        row = Delegation.objects.select_for_update().get(pk=delegation.pk)
        until = max(row.start, min(row.until, datetime.now(UTC)))
        if until != row.until:
            row.until = until
            row.save(update_fields=["until"])
            _write_down(actor, "ended", row, {})
    return row


def _check_owner(actor: Actor, owner_id: int) -> None:
    if actor.user_id != owner_id and not actor.may(Permission.manage_workflow):
        raise forbidden("not_allowed", "Only the person itself or an admin says who stands in.")


def _check_who(actor: Actor, owner: User, to: User) -> None:
    _check_owner(actor, owner.pk)
    if not may_review(owner.tenant_id).filter(pk=owner.pk).exists():
        raise bad_value("unknown_user", "This user is asked about no tasks.", field="owner")
    if not possible_delegates(owner).filter(pk=to.pk).exists():
        raise bad_value(
            "unknown_user",
            "This user cannot stand in.",
            hint="Choose somebody else of the same tenant who can see its tasks.",
            field="delegate",
        )


def _check_when(start: datetime, until: datetime) -> None:
    if not start < until or until <= datetime.now(UTC):
        raise bad_value("bad_time", "It ends before it begins, or is over already.", field="until")
    if until - start > LONGEST:
        raise bad_value("bad_time", f"At most {LONGEST.days} days.", field="until")


def _check_others(owner: User, to: User, start: datetime, until: datetime) -> None:
    """Nobody stands in, by whatever way round, for somebody who stands in for them at the same time."""
    if Delegation.objects.filter(owner=owner, until__gt=datetime.now(UTC)).count() >= MOST_OPEN:
        raise conflict("too_many", f"There are {MOST_OPEN} already.", hint="End one of them.")
    at_once = Delegation.objects.filter(start__lt=until, until__gt=start).exclude(until=F("start"))
    seen, edge = {to.pk}, {to.pk}
    while edge:
        edge = set(at_once.filter(owner__in=edge).values_list("delegate_id", flat=True)) - seen
        seen |= edge
    if owner.pk in seen:
        raise conflict(
            "delegation_cycle",
            "This person has made the owner a delegate for that time, directly or by others.",
            hint="Choose somebody who is there.",
            field="delegate",
        )


def _write_down(actor: Actor, verb: str, row: Delegation, more: dict[str, Any]) -> None:
    changes = {**more, "start": row.start.isoformat(), "until": row.until.isoformat()}
    tenant_id = row.owner.tenant_id
    audit.record(actor, verb, "delegation", str(row.pk), tenant_id=tenant_id, changes=changes)
