"""The bodies and answers of the credentials API. No answer has a field for a secret."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.strict import NameField, StrictSerializer
from actions.models import Credential, CredentialHealth
from actions.services.credential_health import health_of
from actions.services.credential_reading import live_values, staging_values
from flows.api.answers import Answer, FormSchemaField
from flows.sdk.config import MAX_CREDENTIAL_NAME

BY_FIELD = "By the name of the field, as the schema of the type describes them."


class ValuesField(serializers.DictField):
    """Values by the name of their field."""

    child = serializers.JSONField(allow_null=True)


class ShownValuesSerializer(Answer):
    """One set of values."""

    values = ValuesField(help_text="What is no secret, by the name of the field.")
    secrets = serializers.ListField(
        child=serializers.CharField(), help_text="The names of the secrets that are filled in."
    )


class HealthSerializer(Answer):
    """How a credential stands, as its last test found; `days_left` until it expires, when that is soon."""

    state = serializers.ChoiceField(choices=CredentialHealth.State.values)
    text = serializers.CharField(allow_blank=True)
    checked_at = serializers.DateTimeField(allow_null=True)
    days_left = serializers.IntegerField(allow_null=True)


class TestSerializer(StrictSerializer):
    """Which values to test."""

    staging = serializers.BooleanField(required=False, default=False, help_text="Those for trying out.")


class CredentialSerializer(serializers.ModelSerializer[Credential]):
    """A credential without its secrets. `live` is what runs use, `staging` what test runs use, when it is another."""

    live = serializers.SerializerMethodField()
    staging = serializers.SerializerMethodField()
    health = serializers.SerializerMethodField()

    class Meta:
        model = Credential
        fields = (
            "id",
            "tenant",
            "type",
            "name",
            "is_shared",
            "live",
            "staging",
            "version",
            "health",
            "expires_at",
            "last_used_at",
            "created_at",
            "created_by",
            "updated_at",
            "updated_by",
        )
        read_only_fields = fields

    @extend_schema_field(HealthSerializer)
    def get_health(self, row: Credential) -> Any:
        return HealthSerializer(health_of(row)).data

    @extend_schema_field(ShownValuesSerializer)
    def get_live(self, row: Credential) -> Any:
        return ShownValuesSerializer(live_values(row)).data

    @extend_schema_field(ShownValuesSerializer(allow_null=True))
    def get_staging(self, row: Credential) -> Any:
        shown = staging_values(row)
        return None if shown is None else ShownValuesSerializer(shown).data


class CredentialChangeSerializer(StrictSerializer):
    """What is left out stays as it is; so does a secret that is left out of the values, or null."""

    name = NameField(max_length=MAX_CREDENTIAL_NAME, required=False)
    values = ValuesField(required=False, help_text=BY_FIELD)
    staging = ValuesField(required=False, allow_null=True, help_text=f"{BY_FIELD} Null takes them away.")
    is_shared = serializers.BooleanField(
        required=False, help_text="Of the platform's: whether the flows of tenants may use it."
    )
    confirm = serializers.BooleanField(
        required=False, help_text="Do it although flows use it; without, the answer is 409 and names them."
    )


class NewCredentialSerializer(StrictSerializer):
    """A credential with its secrets, which no answer shows again."""

    type = serializers.CharField(max_length=100)
    name = NameField(max_length=MAX_CREDENTIAL_NAME)
    values = ValuesField(help_text=BY_FIELD)
    staging = ValuesField(required=False, allow_null=True, help_text=BY_FIELD)
    is_shared = serializers.BooleanField(required=False)


class CredentialUseSerializer(Answer):
    """A flow that names the credential; `is_live`: its published version does, and it is on."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    is_live = serializers.BooleanField()


class CredentialTypeSerializer(Answer):
    """A credential type, and the JSON Schema from which its form is made; secrets have `x-secret`."""

    type = serializers.CharField(source="kind.meta.type")
    label = serializers.CharField(source="kind.meta.label")  # type: ignore[assignment]  # DRF uses the name for itself
    icon = serializers.CharField(source="kind.meta.icon")
    summary = serializers.CharField(source="kind.meta.summary")
    config_schema = FormSchemaField()
