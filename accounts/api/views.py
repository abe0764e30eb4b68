"""Tenants, users, tokens, the audit trail and the platform's settings over the API."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from accounts.actors import Actor, actor_of
from accounts.api.permissions import SignedIn
from accounts.api.serializers import (
    AuditEntrySerializer,
    AuditExportSerializer,
    MeSerializer,
    NewTokenSerializer,
    NewUserSerializer,
    OneTimePasswordSerializer,
    PlatformSettingsSerializer,
    ScopeSerializer,
    SetMeSerializer,
    TenantSerializer,
    TokenSerializer,
    UserSerializer,
)
from accounts.api.viewsets import ScopedViewSet
from accounts.downloads import JSON_LINES, streamed
from accounts.models import ApiToken, AuditEntry, PlatformSettings, Scope, Tenant, User
from accounts.roles import Permission
from accounts.services import platform, scopes, tenants, tokens, users
from accounts.services.audit_export import chunks
from accounts.services.audit_lines import sealed_entries
from accounts.services.filters import AuditFilter, TenantFilter, UserFilter
from accounts.services.zones import refuse_token, set_own_zone, zone_of_actor


class TenantViewSet(ScopedViewSet[Tenant]):
    """Tenants. A tenant's people see their own."""

    rows = staticmethod(tenants.listed)
    serializer_class = TenantSerializer
    filterset_class = TenantFilter
    needs = {
        "list": Permission.view,
        "retrieve": Permission.view,
        "create": Permission.manage_platform,
        "partial_update": Permission.manage_platform,
        "destroy": Permission.manage_platform,
    }

    def create(self, request: Request) -> Response:
        """Make a tenant."""
        return self.shown(tenants.create(self.actor, self.checked()), status=201)

    def partial_update(self, request: Request, pk: str) -> Response:
        """Change a tenant; `is_active: false` locks its people and tokens out."""
        tenant = self.get_object()
        return self.shown(tenants.update(self.actor, tenant, self.checked(tenant, partial=True)))

    def destroy(self, request: Request, pk: str) -> Response:
        """Remove a tenant to whom nothing belongs."""
        tenants.delete(self.actor, self.get_object())
        return Response(status=204)


class ScopeViewSet(ScopedViewSet[Scope]):
    """Scopes: named sets of tenants, for managers and connectors who look after several."""

    rows = staticmethod(scopes.listed)
    serializer_class = ScopeSerializer
    needs = dict.fromkeys(
        ("list", "retrieve", "create", "partial_update", "destroy"), Permission.manage_platform
    )

    def get_serializer(self, *args: Any, **kwargs: Any) -> BaseSerializer[Any]:
        return _choosing(self, super().get_serializer(*args, **kwargs), tenants=tenants.listed)

    def create(self, request: Request) -> Response:
        """Make a scope."""
        return self.shown(scopes.create(self.actor, self.checked()), status=201)

    def partial_update(self, request: Request, pk: str) -> Response:
        """Change a scope; who has it reaches the new tenants from the next request on."""
        scope = self.get_object()
        return self.shown(scopes.update(self.actor, scope, self.checked(scope, partial=True)))

    def destroy(self, request: Request, pk: str) -> Response:
        """Remove a scope that nobody has."""
        scopes.delete(self.actor, self.get_object())
        return Response(status=204)


class UserViewSet(ScopedViewSet[User]):
    """Users: people who sign in, customers among them, and integrations."""

    rows = staticmethod(users.listed)
    serializer_class = UserSerializer
    filterset_class = UserFilter
    needs = dict.fromkeys(
        ("list", "retrieve", "create", "partial_update", "destroy", "reset_password"), Permission.manage_users
    )

    def get_serializer(self, *args: Any, **kwargs: Any) -> BaseSerializer[Any]:
        """With the tenants that the actor can reach as the choice; any other is unknown."""
        return _choosing(
            self, super().get_serializer(*args, **kwargs), tenant=tenants.listed, scope=scopes.listed
        )

    @extend_schema(request=UserSerializer, responses={201: NewUserSerializer})
    def create(self, request: Request) -> Response:
        """Make a user; a given role that signs in gets a one-time password, which only this answer shows.

        Without a role it is a customer without a password.
        """
        user, password = users.create(self.actor, self.checked())
        return Response({**self.get_serializer(user).data, "one_time_password": password}, status=201)

    def partial_update(self, request: Request, pk: str) -> Response:
        """Change a user. Role, tenant and state end the user's sessions and tokens."""
        user = self.get_object()
        return self.shown(users.update(self.actor, user, self.checked(user, partial=True)))

    def destroy(self, request: Request, pk: str) -> Response:
        """Remove a user to whom nothing belongs."""
        users.delete(self.actor, self.get_object())
        return Response(status=204)

    @extend_schema(request=None, responses=OneTimePasswordSerializer)
    @action(detail=True, methods=["post"], url_path="reset-password")
    def reset_password(self, request: Request, pk: str) -> Response:
        """Give the user a one-time password, which only this answer shows."""
        return Response({"one_time_password": users.reset_password(self.actor, self.get_object())})


class TokenViewSet(ScopedViewSet[ApiToken]):
    """API tokens: one's own, or all in reach for one who manages users."""

    rows = staticmethod(tokens.listed)
    serializer_class = TokenSerializer
    needs = dict.fromkeys(("list", "retrieve", "create", "destroy"), Permission.manage_tokens)

    def get_serializer(self, *args: Any, **kwargs: Any) -> BaseSerializer[Any]:
        """With the integrations that the actor can reach as the choice; any other user is unknown."""
        return _choosing(self, super().get_serializer(*args, **kwargs), user=tokens.machines)

    @extend_schema(request=TokenSerializer, responses={201: NewTokenSerializer})
    def create(self, request: Request) -> Response:
        """Make a token of one's own, or of an integration; only this answer shows its text."""
        token, text = tokens.create(self.actor, **self.checked())
        return Response({**self.get_serializer(token).data, "token": text}, status=201)

    def destroy(self, request: Request, pk: str) -> Response:
        """Revoke a token. It stays in the list, as revoked."""
        tokens.revoke(self.actor, self.get_object())
        return Response(status=204)


class AuditViewSet(ScopedViewSet[AuditEntry]):
    """The audit trail, newest first."""

    rows = staticmethod(sealed_entries)
    serializer_class = AuditEntrySerializer
    filterset_class = AuditFilter
    needs = dict.fromkeys(("list", "retrieve", "export"), Permission.view_audit)

    @extend_schema(
        parameters=[AuditExportSerializer], responses={(200, JSON_LINES): OpenApiTypes.STR}, filters=False
    )
    @action(detail=False, methods=["get"], pagination_class=None)
    def export(self, request: Request) -> StreamingHttpResponse:
        """The sealed entries as JSON lines, in the order of the chain, each with its hash."""
        query = AuditExportSerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        return streamed(
            request._request, chunks(self.actor, **query.validated_data), "audit.jsonl", JSON_LINES
        )


def _choosing(
    view: ScopedViewSet[Any],
    serializer: BaseSerializer[Any],
    **choices: Callable[[Actor], QuerySet[Any]],
) -> BaseSerializer[Any]:
    for name, in_reach in choices.items():
        field = getattr(serializer, "fields", {}).get(name)
        if field is not None and not getattr(view, "swagger_fake_view", False):
            getattr(field, "child_relation", field).queryset = in_reach(view.actor)
    return serializer


class PlatformSettingsView(APIView):
    """Settings of the whole platform."""

    needs: ClassVar[dict[str, Permission]] = {
        "get": Permission.manage_platform,
        "patch": Permission.manage_platform,
    }

    @extend_schema(responses=PlatformSettingsSerializer)
    def get(self, request: Request) -> Response:
        """The settings."""
        return Response(PlatformSettingsSerializer(PlatformSettings.load()).data)

    @extend_schema(request=PlatformSettingsSerializer, responses=PlatformSettingsSerializer)
    def patch(self, request: Request) -> Response:
        """Change some settings. The networks that flows may call replace the former ones."""
        body = PlatformSettingsSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        row = platform.update(actor_of(request), body.validated_data)
        return Response(PlatformSettingsSerializer(row).data)


class MeView(APIView):
    """Who asks."""

    permission_classes = (SignedIn,)

    @extend_schema(responses=MeSerializer)
    def get(self, request: Request) -> Response:
        """The actor, and what the role and the token allow."""
        return self._told(actor_of(request))

    @extend_schema(request=SetMeSerializer, responses=MeSerializer)
    def patch(self, request: Request) -> Response:
        """Choose the own time zone."""
        actor, body = actor_of(request), SetMeSerializer(data=request.data)
        refuse_token(actor)
        body.is_valid(raise_exception=True)
        set_own_zone(actor, body.validated_data["zone"])
        return self._told(actor)

    def _told(self, actor: Actor) -> Response:
        return Response(
            {
                "id": actor.user_id,
                "name": actor.name,
                "role": actor.role,
                "tenant": actor.tenant_id,
                "zone": zone_of_actor(actor).key,
                "token": actor.token_id,
                "permissions": [permission.value for permission in actor.permissions()],
            }
        )
