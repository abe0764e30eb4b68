"""Policies: made, changed, removed."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from pydantic import ValidationError

from accounts import audit
from accounts.actors import Actor
from accounts.scope import visible
from accounts.services.tenants import known as known_tenants
from approvals.models import Policy
from approvals.policy.document import GroupReviewer, PolicyDocument, UserReviewer
from approvals.policy.problems import PolicyProblem, problems_of
from approvals.services import owned
from approvals.services.calendars import usable_calendars
from approvals.services.groups import groups_of, people_in_reach
from approvals.services.reviewers import TenantDirectory
from common.ids import row_id
from common.problems import Problem, bad_value
from flows.sdk.config_errors import first_fault


def policies_in_reach(actor: Actor) -> QuerySet[Policy]:
    """The policies in reach, by name."""
    return visible(Policy, actor).select_related("tenant")


def owner_of_new(actor: Actor, chosen: str) -> int | None:
    """Whose a new policy is: the actor's tenant's, or of whom the platform's people chose; else the platform's.

    Args:
        chosen: the id of a tenant, as the form holds it.
    """
    if not actor.is_platform:
        return actor.tenant_id
    wanted = row_id(chosen)
    return wanted if wanted in known_tenants([wanted]) else None


def create_policy(*, actor: Actor, tenant_id: int | None = None, **values: Any) -> Policy:
    """A policy of `document`, that is for operations or not.

    Raises:
        Problem: 400 `bad_policy`, `unknown_reviewer`, `unknown_calendar`, `name_missing`; 403; 409 `name_taken`.
    """
    if "document" not in values:
        raise bad_value("bad_policy", "The policy needs its document.", field="document")
    return owned.create(Policy, actor, tenant_id, values, _fill_for(actor))


def change_policy(*, actor: Actor, policy: Policy, **values: Any) -> Policy:
    """Change a policy. Tasks that wait already keep the one that they have.

    Raises:
        Problem: as `create_policy`.
    """
    return owned.change(policy, actor, values, _fill_for(actor))


def delete_policy(*, actor: Actor, policy: Policy) -> None:
    """Take a policy away. Tasks that wait keep their copy; flows that name it no longer publish.

    Raises:
        Problem: 403.
    """
    owned.delete(policy, actor)


def warnings_of(policy: Policy) -> list[PolicyProblem]:
    """What keeps the policy from ever being decided, as people and groups are today."""
    directory = TenantDirectory(policy.tenant_id, policy.tenant_id)
    return problems_of(PolicyDocument.model_validate(policy.document), directory)


def checked_document(raw: Any) -> PolicyDocument:
    """The document.

    Raises:
        Problem: 400 `bad_policy` with the place of the first mistake.
    """
    try:
        return PolicyDocument.model_validate(raw)
    except ValidationError as error:
        raise _bad_policy(error) from error


def _bad_policy(error: ValidationError) -> Problem:
    place, _, message = first_fault(error)
    return bad_value(
        "bad_policy",
        f"{message[:1].upper()}{message[1:]}.",
        hint=f"It is at {place}." if place else "",
        field=f"document.{place}" if place else "document",
    )


def _fill_for(actor: Actor) -> owned.Fill[Policy]:
    def fill(policy: Policy, values: dict[str, Any]) -> dict[str, Any]:
        changes: dict[str, Any] = {}
        if "document" in values:
            document = checked_document(values["document"])
            _check_references(actor, policy.tenant_id, document)
            before = policy.document
            changes = owned.take_over(policy, {"document": document.model_dump(mode="json")})
            if changes and before:
                policy.version += 1
        if "is_for_operations" in values:
            changes |= owned.take_over(policy, {"is_for_operations": bool(values["is_for_operations"])})
            if policy.is_for_operations:
                _step_aside(actor, policy)
        return changes

    return fill


def _step_aside(actor: Actor, policy: Policy) -> None:
    """One policy of an owner is for operations."""
    others = Policy.objects.filter(tenant=policy.tenant_id, is_for_operations=True).exclude(pk=policy.pk)
    for other in others.select_for_update():
        other.is_for_operations = False
        other.save(update_fields=["is_for_operations"])
        changes = {"is_for_operations": [True, False]}
        audit.record(actor, "updated", "policy", str(other.pk), tenant_id=other.tenant_id, changes=changes)


def _check_references(actor: Actor, tenant_id: int | None, document: PolicyDocument) -> None:
    users = {one.id for one in _reviewers(document) if isinstance(one, UserReviewer)}
    groups = {one.id for one in _reviewers(document) if isinstance(one, GroupReviewer)}
    known_users = people_in_reach(actor, tenant_id).filter(pk__in=users).values_list("id", flat=True)
    known_groups = groups_of(tenant_id).filter(pk__in=groups).values_list("id", flat=True)
    for what, missing in (("user", users - set(known_users)), ("group", groups - set(known_groups))):
        if missing:
            raise bad_value(
                "unknown_reviewer",
                f"There is no such {what}: {min(missing)}.",
                hint="Reviewers are people who can see the tenant's tasks, and groups of the policy's owner.",
                field="document",
            )
    if document.calendar and not usable_calendars(tenant_id).filter(pk=document.calendar).exists():
        raise bad_value("unknown_calendar", "There is no such calendar.", field="document.calendar")


def _reviewers(document: PolicyDocument) -> Iterator[object]:
    for stage in document.stages:
        for level in stage.levels:
            yield from level.reviewers
