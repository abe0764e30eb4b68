"""Credentials as people see them: what is no secret, and which secrets are there."""

from dataclasses import dataclass

from actions.models import Credential
from flows.sdk import CredentialType, JsonObject, credential_types


@dataclass(frozen=True, slots=True)
class ShownValues:
    """One set of values. `secrets`: the names of those that are filled in."""

    values: JsonObject
    secrets: list[str]


def live_values(row: Credential) -> ShownValues:
    return ShownValues(row.fields, _secrets(row, is_staging=False))


def staging_values(row: Credential) -> ShownValues | None:
    """What test runs use, when that is something else."""
    if row.staging_fields is None:
        return None
    return ShownValues(row.staging_fields, _secrets(row, is_staging=True))


def _secrets(row: Credential, *, is_staging: bool) -> list[str]:
    return sorted(secret.field for secret in row.secrets.all() if secret.is_staging == is_staging)


@dataclass(frozen=True, slots=True)
class KnownCredentialType:
    """A credential type with the JSON Schema from which its form is made."""

    kind: CredentialType

    @property
    def config_schema(self) -> JsonObject:
        return self.kind.Fields.model_json_schema()


def list_credential_types() -> list[KnownCredentialType]:
    return [KnownCredentialType(kind) for kind in credential_types.values()]
