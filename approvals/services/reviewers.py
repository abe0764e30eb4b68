"""Who can be asked: what the references of a policy come to for one task."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.roles import MACHINES, PERMISSIONS, SCOPED, Permission, Role, permissions_of
from approvals.models import ReviewGroup
from approvals.policy.document import (
    FieldReviewer,
    GroupReviewer,
    PolicyDocument,
    Reviewer,
    RoleReviewer,
    UserReviewer,
)
from approvals.policy.problems import Directory
from flows.sdk.paths import MISSING, child

People = tuple[tuple[frozenset[int], ...], ...]
MOST_NAMED = 200
"""People and groups that one field of a record can name."""


def roles_with(permission: Permission) -> list[str]:
    """The roles that have it by themselves."""
    return [role.value for role, held in PERMISSIONS.items() if permission in held]


def may_review(tenant_id: int | None) -> QuerySet[User]:
    """Who could decide on tasks of the tenant: its people, the platform's, and managers with it in their scope."""
    programs = [role.value for role in MACHINES]
    return _near(tenant_id).filter(role__in=roles_with(Permission.view_tasks)).exclude(role__in=programs)


def _near(tenant_id: int | None) -> QuerySet[User]:
    of_platform = Q(tenant=None) & ~Q(role__in=[role.value for role in SCOPED])
    near = of_platform if tenant_id is None else of_platform | Q(tenant=tenant_id) | _in_scope(tenant_id)
    return User.objects.filter(near, is_active=True).exclude(tenant__is_active=False).distinct()


def _in_scope(tenant_id: int) -> Q:
    return Q(role__in=[role.value for role in SCOPED]) & (
        Q(scope__tenants=tenant_id) | Q(scope__is_everyone=True)
    )


def overriders(tenant_id: int | None) -> frozenset[int]:
    """Who may decide the tasks of others in the tenant."""
    override = Permission.workflow_override
    people = _near(tenant_id).values_list("id", "role", "permissions")
    return frozenset(pk for pk, role, chosen in people if override in permissions_of(Role(role), chosen))


def resolved(policy: PolicyDocument, directory: Directory) -> People:
    """For each stage and each of its levels the users who are meant."""
    return tuple(
        tuple(
            frozenset().union(*(directory.people(one) or frozenset() for one in level.reviewers))
            for level in stage.levels
        )
        for stage in policy.stages
    )


@dataclass(slots=True)
class TenantDirectory:
    """Who is who for the tasks of one tenant, and of one record.

    Args:
        tenant_id: whose tasks they are.
        owner_id: whose policy it is. Only the owner's groups count: a tenant could else put its own people into a
            group whose name a policy of the platform takes from a record.
    """

    tenant_id: int | None
    owner_id: int | None
    record: Mapping[str, Any] = field(default_factory=dict)

    def people(self, reviewer: Reviewer) -> frozenset[int] | None:
        """Those who are meant and could decide; None: there is no such user or group."""
        match reviewer:
            case UserReviewer(id=pk):
                return self._ids(Q(pk=pk)) or None
            case GroupReviewer(id=pk):
                return self._members(Q(pk=pk))
            case RoleReviewer(role=role):
                return self._ids(Q(role=role))
            case FieldReviewer(path=path):
                return self._named(_at(self.record, path))

    def is_known(self, reviewer: Reviewer) -> bool:
        """Whether it is known beforehand who is meant: fields of the record tell it later, and so does the task's
        tenant, when the policy is the platform's and asks a role."""
        if isinstance(reviewer, RoleReviewer):
            return self.tenant_id is not None or reviewer.role == "platform_admin"
        return not isinstance(reviewer, FieldReviewer)

    def _ids(self, wanted: Q) -> frozenset[int]:
        return frozenset(may_review(self.tenant_id).filter(wanted).values_list("id", flat=True))

    def _members(self, wanted: Q) -> frozenset[int] | None:
        groups = list(ReviewGroup.objects.filter(wanted, tenant=self.owner_id).values_list("id", flat=True))
        return self._ids(Q(review_groups__in=groups)) if groups else None

    def _named(self, found: Any) -> frozenset[int]:
        """Users by id or address, groups by name; a list of them, or objects with an `id`."""
        names = list(_flat(found))[:MOST_NAMED]
        ids = [one for one in names if isinstance(one, int) and not isinstance(one, bool) and 0 < one < 2**63]
        texts = [one.strip() for one in names if isinstance(one, str)]
        addresses = [one.lower() for one in texts if "@" in one]
        groups = self._members(Q(name__in=[one for one in texts if "@" not in one]))
        return self._ids(Q(pk__in=ids) | Q(email__in=addresses)) | (groups or frozenset())


def _flat(found: Any) -> Iterable[Any]:
    for one in found if isinstance(found, list) else [found]:
        yield one.get("id") if isinstance(one, dict) else one


def _at(record: Mapping[str, Any], path: str) -> Any:
    here: Any = record
    for segment in path.split("."):
        here = child(here, segment)
        if here is MISSING:
            return None
    return here
