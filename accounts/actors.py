"""Who is doing something: a signed-in person, a person's API token, or the program itself."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from accounts.roles import (
    ADMINS,
    INCLUDED,
    OWN_ROWS_ONLY,
    SCOPED,
    Permission,
    Role,
    permissions_of,
    with_included,
)
from common.problems import Problem

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True, slots=True)
class Actor:
    """The one who acts, as services see it.

    Args:
        user_id: None for the program itself.
        tenant_id: the tenant whose rows are in reach; None is the platform.
        role: None for the program itself.
        name: for people, in the audit trail.
        chosen: the permissions of an integration, which are kept with the user.
        token_id: the API token in use, if one is.
        scopes: permission names a token is narrowed to; only looked at when there is a token.
        scope: ids of the tenants that the user's scope adds to the own one.
        stamp: changes with the user's password, role, tenant or state; ends sessions and open sockets.
    """

    user_id: int | None
    tenant_id: int | None
    role: Role | None
    name: str
    chosen: frozenset[str] = field(default_factory=frozenset)
    token_id: int | None = None
    scopes: frozenset[str] = field(default_factory=frozenset)
    scope: frozenset[int] = frozenset()
    stamp: str = ""

    @classmethod
    def system(cls, tenant_id: int | None = None) -> Self:
        """The program itself: over all tenants, or on behalf of one."""
        return cls(user_id=None, tenant_id=tenant_id, role=None, name="system")

    @classmethod
    def of_user(cls, user: "User") -> Self:
        """A person who signed in."""
        return cls(
            user_id=user.pk,
            tenant_id=user.tenant_id,
            role=user.as_role(),
            name=user.name or user.email,
            chosen=frozenset(user.permissions),
            scope=user.scoped_tenants(),
            stamp=user.get_session_auth_hash(),
        )

    @property
    def is_system(self) -> bool:
        """Whether it is the program itself."""
        return self.user_id is None

    @property
    def is_platform(self) -> bool:
        """Whether the rows of all tenants are in reach."""
        if self.tenant_id is not None or self.is_own_only or self.role in SCOPED:
            return False
        return self.is_system or self.role is not None

    @property
    def tenants(self) -> frozenset[int] | None:
        """The tenants whose rows are in reach; None: all of them, and the rows of the platform."""
        if self.is_platform:
            return None
        return self.scope if self.tenant_id is None else self.scope | {self.tenant_id}

    @property
    def is_own_only(self) -> bool:
        """Whether no rows are in reach but those that name the user as their owner."""
        return self.role in OWN_ROWS_ONLY

    @property
    def is_admin(self) -> bool:
        """Whether the role is an admin's, tokens of an admin included."""
        return self.role in ADMINS

    def may(self, permission: Permission) -> bool:
        """Whether role and, for a token, scopes allow it."""
        if self.is_system:
            return True
        if permission not in permissions_of(self.role, self.chosen):
            return False
        return self.token_id is None or permission in with_included(self.scopes)

    def may_by_name(self, permission: str) -> bool:
        """The same for a template, which knows permissions by their names.

        Raises:
            ValueError: there is no such permission.
        """
        return self.may(Permission(permission))

    def permissions(self) -> list[Permission]:
        """What the actor may do, without what a wider one of these includes."""
        held = [permission for permission in Permission if self.may(permission)]
        narrow = frozenset().union(*(INCLUDED.get(permission, frozenset()) for permission in held))
        return [permission for permission in held if permission not in narrow]

    def need(self, *permissions: Permission) -> None:
        """Stop unless the actor may, by any one of the permissions.

        Raises:
            Problem: 403 `not_allowed`.
        """
        if not any(self.may(permission) for permission in permissions):
            names = " or ".join(permission.value for permission in permissions)
            raise Problem(
                403,
                "not_allowed",
                f"This needs the permission {names}.",
                hint="Ask an admin for a role, or use a token with that scope.",
            )


def actor_of(request: Any) -> Actor:
    """The actor of a Django or DRF request.

    Raises:
        Problem: 401 `not_authenticated` when nobody is signed in.
    """
    given = getattr(request, "auth", None)
    if isinstance(given, Actor):
        return given
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        raise Problem(401, "not_authenticated", "Nobody is signed in.", hint="Sign in, or send an API token.")
    return Actor.of_user(user)
