"""How people are told of tasks, and what the servers of a tenant may come to, over the API."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.actors import actor_of
from accounts.api.strict import StrictSerializer
from accounts.models import Tenant
from accounts.roles import Permission
from accounts.scope import one
from accounts.services.tenants import listed as listed_tenants
from approvals.services.limits import LARGEST, UNITS, limits_of, set_limits
from approvals.services.notice_settings import FIELDS, MOST_HOURS, set_telling, told_to
from flows.api.base import body_of


class _NoticesSerializer(StrictSerializer):
    mails_reviewers = serializers.BooleanField(required=False, help_text="Mail those who may decide.")
    mails_requester = serializers.BooleanField(required=False, help_text="Mail who asked.")
    approval_subject = serializers.CharField(
        max_length=150, required=False, help_text="To those who may decide."
    )
    requester_subject = serializers.CharField(max_length=150, required=False, help_text="To who asked.")
    link_hours = serializers.IntegerField(
        min_value=1, max_value=MOST_HOURS, required=False, help_text="Links in mails are good for so long."
    )
    target_hours = serializers.IntegerField(
        min_value=1, max_value=MOST_HOURS, required=False, help_text="What waits longer is told as overdue."
    )


class SetReviewNoticesSerializer(_NoticesSerializer):
    """What is left out stays."""

    chat_url = serializers.CharField(
        max_length=2000,
        required=False,
        allow_blank=True,
        write_only=True,
        help_text="An incoming webhook of a chat, kept encrypted and never told; empty takes it out.",
    )


class ReviewNoticesSerializer(serializers.Serializer[Any]):
    """Mails and chat."""

    mails_reviewers = serializers.BooleanField()
    mails_requester = serializers.BooleanField()
    approval_subject = serializers.CharField()
    requester_subject = serializers.CharField()
    link_hours = serializers.IntegerField()
    target_hours = serializers.IntegerField()
    has_chat = serializers.BooleanField(help_text="Whether a chat is told.")
    is_own = serializers.BooleanField(
        help_text="False: it says nothing of its own, and these are the platform's."
    )


class _Notices(APIView):
    needs: ClassVar[dict[str, Permission]] = dict.fromkeys(("get", "patch"), Permission.manage_workflow)

    def answer(self, request: Request, tenant: Tenant | None) -> Response:
        row, is_own = told_to(actor_of(request), tenant)
        told = {name: getattr(row, name) for name in FIELDS}
        return Response({**told, "has_chat": bool(row.chat_url), "is_own": is_own})

    def changed(self, request: Request, tenant: Tenant | None) -> Response:
        values = body_of(request, SetReviewNoticesSerializer)
        chat_url = values.pop("chat_url", None)
        set_telling(actor=actor_of(request), tenant=tenant, values=values, chat_url=chat_url)
        return self.answer(request, tenant)


class ReviewNoticesView(_Notices):
    """Mails and chat of whoever asks: of the own tenant; for the platform's people, of all that say nothing."""

    @extend_schema(responses=ReviewNoticesSerializer)
    def get(self, request: Request) -> Response:
        """How people are told of tasks."""
        return self.answer(request, self._own(request))

    @extend_schema(request=SetReviewNoticesSerializer, responses=ReviewNoticesSerializer)
    def patch(self, request: Request) -> Response:
        """Change some of it."""
        return self.changed(request, self._own(request))

    def _own(self, request: Request) -> Tenant | None:
        actor = actor_of(request)
        return None if actor.is_platform else one(listed_tenants(actor), actor.tenant_id or 0)


class TenantReviewNoticesView(_Notices):
    """Mails and chat of one tenant."""

    @extend_schema(responses=ReviewNoticesSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """How people are told of its tasks."""
        return self.answer(request, one(listed_tenants(actor_of(request)), pk))

    @extend_schema(request=SetReviewNoticesSerializer, responses=ReviewNoticesSerializer)
    def patch(self, request: Request, pk: int) -> Response:
        """Change some of it. From then on it has its own, whatever the platform's are."""
        return self.changed(request, one(listed_tenants(actor_of(request)), pk))


def _limit(unit: str) -> serializers.IntegerField:
    return serializers.IntegerField(
        min_value=0,
        max_value=LARGEST,
        allow_null=True,
        required=False,
        help_text=f"So many {unit}; null: any.",
    )


class TenantLimitsSerializer(StrictSerializer):
    """What all deployed servers of a tenant may come to. What is left out stays."""

    servers = _limit(UNITS["servers"])
    cpu = _limit(UNITS["cpu"])
    ram = _limit(UNITS["ram"])
    disk = _limit(UNITS["disk"])


class TenantLimitsView(APIView):
    """What the servers of a tenant may come to."""

    needs: ClassVar[dict[str, Permission]] = dict.fromkeys(("get", "patch"), Permission.manage_platform)

    @extend_schema(responses=TenantLimitsSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """The limits."""
        tenant = one(listed_tenants(actor_of(request)), pk)
        return Response(TenantLimitsSerializer(limits_of(tenant.pk)).data)

    @extend_schema(request=TenantLimitsSerializer, responses=TenantLimitsSerializer)
    def patch(self, request: Request, pk: int) -> Response:
        """Change some of them."""
        actor = actor_of(request)
        tenant = one(listed_tenants(actor), pk)
        return Response(
            TenantLimitsSerializer(set_limits(actor, tenant, body_of(request, TenantLimitsSerializer))).data
        )
