"""The bodies of the accounts API."""

from typing import Any

from rest_framework import serializers

from accounts.api.strict import NameField, StrictModelSerializer, StrictSerializer
from accounts.models import ApiToken, AuditEntry, AuditSeal, Scope, Tenant, User
from accounts.roles import INTEGRATION_MAY, Permission, Role
from accounts.services.audit_export import MOST_LINES
from accounts.services.mail_senders import MOST_SENDERS


class SendersField(serializers.ListField):
    """Mail addresses and domains (`@example.org`) that flows may send as."""

    child = serializers.CharField(max_length=400)

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=MOST_SENDERS, **options)


class TenantSerializer(StrictModelSerializer):
    """A tenant."""

    name = NameField(max_length=120)
    slug = serializers.SlugField(max_length=60, required=False)
    mail_senders = SendersField(required=False)

    class Meta:
        model = Tenant
        fields = ("id", "name", "slug", "is_active", "mail_senders", "zone", "created_at")
        read_only_fields = ("created_at",)


class ScopeSerializer(StrictModelSerializer):
    """A named set of tenants, for managers and connectors."""

    name = NameField(max_length=120)
    is_everyone = serializers.BooleanField(
        required=False, help_text="All tenants, those of tomorrow too; `tenants` does not count then."
    )
    tenants = serializers.PrimaryKeyRelatedField(queryset=Tenant.objects.none(), many=True, required=False)

    class Meta:
        model = Scope
        fields = ("id", "name", "is_everyone", "tenants")


class UserSerializer(StrictModelSerializer):
    """A user; never with the password or the confirmation token."""

    tenant = serializers.PrimaryKeyRelatedField(
        queryset=Tenant.objects.none(), allow_null=True, required=False
    )
    scope = serializers.PrimaryKeyRelatedField(
        queryset=Scope.objects.none(),
        allow_null=True,
        required=False,
        help_text="More tenants that a manager or connector looks after; the platform gives it.",
    )
    role = serializers.ChoiceField(choices=[role.value for role in Role], allow_null=True, required=False)
    permissions = serializers.ListField(
        child=serializers.ChoiceField(choices=[permission.value for permission in INTEGRATION_MAY]),
        max_length=len(INTEGRATION_MAY),
        required=False,
        help_text="What an integration may do; empty for every other role.",
    )
    name = NameField(max_length=120)
    email = serializers.EmailField(max_length=254)

    class Meta:
        model = User
        fields: tuple[str, ...] = (
            "id",
            "tenant",
            "scope",
            "role",
            "permissions",
            "name",
            "email",
            "register",
            "permission",
            "is_active",
            "must_change_password",
            "last_login",
        )
        read_only_fields = ("register", "must_change_password", "last_login")


class NewUserSerializer(UserSerializer):
    """The answer to a new user who may sign in: the only time that the password is seen."""

    one_time_password = serializers.CharField(read_only=True, allow_null=True)

    class Meta(UserSerializer.Meta):
        fields = (*UserSerializer.Meta.fields, "one_time_password")


class OneTimePasswordSerializer(serializers.Serializer[Any]):
    """A password that is shown once."""

    one_time_password = serializers.CharField(read_only=True)


class TokenSerializer(StrictModelSerializer):
    """An API token without its text."""

    name = NameField(max_length=120)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=[permission.value for permission in Permission]),
        max_length=len(Permission),
    )
    user = serializers.PrimaryKeyRelatedField(
        queryset=User.objects.none(), required=False, help_text="An integration; left out, oneself."
    )
    user_name = serializers.CharField(source="user.name", read_only=True)

    class Meta:
        model = ApiToken
        fields: tuple[str, ...] = (
            "id",
            "name",
            "prefix",
            "user",
            "user_name",
            "tenant",
            "parent",
            "scopes",
            "created_at",
            "expires_at",
            "last_used_at",
            "revoked_at",
        )
        read_only_fields = ("prefix", "tenant", "parent", "created_at", "last_used_at", "revoked_at")


class NewTokenSerializer(TokenSerializer):
    """The answer to a new token: the only time that its text is seen."""

    token = serializers.CharField(read_only=True)

    class Meta(TokenSerializer.Meta):
        fields = (*TokenSerializer.Meta.fields, "token")


class AuditSealSerializer(serializers.ModelSerializer[AuditSeal]):
    """The place of an entry in the chain."""

    class Meta:
        model = AuditSeal
        fields = ("place", "at", "previous", "tenant_previous", "hash")
        read_only_fields = fields


class AuditEntrySerializer(serializers.ModelSerializer[AuditEntry]):
    """Who did what to which thing, from where."""

    seal = AuditSealSerializer(read_only=True, allow_null=True, help_text="Null until the entry is sealed.")

    class Meta:
        model = AuditEntry
        fields = (
            "id",
            "at",
            "actor_id",
            "actor_name",
            "actor_role",
            "token_id",
            "way",
            "address",
            "tenant",
            "verb",
            "target",
            "target_id",
            "changes",
            "message",
            "content_hash",
            "seal",
        )
        read_only_fields = fields


class AuditExportSerializer(serializers.Serializer[Any]):
    """What part of the trail to export."""

    after = serializers.IntegerField(
        default=0, min_value=0, max_value=2**62, help_text="The id of the entry after which to begin."
    )
    limit = serializers.IntegerField(
        default=MOST_LINES, min_value=1, max_value=MOST_LINES, help_text="So many lines at most."
    )


class PlatformSettingsSerializer(StrictSerializer):
    """Settings of the platform."""

    egress_allowed_networks = serializers.ListField(
        child=serializers.CharField(max_length=60), required=False, max_length=100
    )
    mail_senders = SendersField(required=False)
    flags = serializers.DictField(child=serializers.BooleanField(), read_only=True)


class SetMeSerializer(StrictSerializer):
    """What people say of themselves."""

    zone = serializers.CharField(
        max_length=64, allow_blank=True, help_text="Such as Europe/Berlin; empty: the tenant's."
    )


class MeSerializer(serializers.Serializer[Any]):
    """Who asks, and what that one may do."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    role = serializers.ChoiceField(choices=[role.value for role in Role])
    tenant = serializers.IntegerField(allow_null=True)
    zone = serializers.CharField(help_text="The time zone in which pages and mails tell times.")
    token = serializers.IntegerField(allow_null=True)
    permissions = serializers.ListField(
        child=serializers.ChoiceField(choices=[permission.value for permission in Permission])
    )
