"""What a view needs: declared per action, refused when nothing is declared."""

from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.actors import Actor
from accounts.roles import Permission

Needed = Permission | tuple[Permission, ...]


class Needs(BasePermission):
    """Allows an actor who may do what the view needs.

    `permission_classes = [Needs.of(Permission.view)]` asks the same of every action. Otherwise the view has
    `needs = {"list": Permission.view, …}` by action, or by method (lower case) for an `APIView`; an action
    that is not in it is refused to everyone. Where several permissions stand, any one of them is enough.
    """

    permission: ClassVar[Needed | None] = None

    @classmethod
    def of(cls, permission: Permission) -> type["Needs"]:
        """The class that asks for one permission whatever the action is."""
        return type(f"Needs_{permission.value}", (cls,), {"permission": permission})

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether the actor may; a stranger may nothing."""
        actor = request.auth
        if not isinstance(actor, Actor):
            return False
        action = getattr(view, "action", None) or str(request.method).lower()
        if action == "head":
            action = "get"
        if not _is_served(view, str(request.method).lower()):
            return True  # the handler answers 405
        needed = self.permission or _declared(view).get(action)
        return any(actor.may(one) for one in _each(needed))


class SignedIn(BasePermission):
    """Allows whoever is known, whatever that one may do."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return isinstance(request.auth, Actor)


def _declared(view: Any) -> Mapping[str, Needed]:
    needs: Mapping[str, Needed] = getattr(view, "needs", {})
    return needs


def _each(needed: Needed | None) -> tuple[Permission, ...]:
    if needed is None:
        return ()
    return (needed,) if isinstance(needed, Permission) else needed


def _is_served(view: Any, method: str) -> bool:
    return method in view.http_method_names and hasattr(view, method) and method != "options"
