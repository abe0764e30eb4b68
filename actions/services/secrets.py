"""The secrets of credentials, sealed and opened. Nothing else reads or writes their rows."""

from collections.abc import Mapping

from actions.models import Credential, CredentialSecret
from common.crypto import AadPart, decrypt, encrypt

PURPOSE = "credential"


def opened_secrets(credential: Credential, *, staging: bool) -> dict[str, str]:
    """The secrets of one set of values, by field.

    Raises:
        CryptoError: one of them does not open.
    """
    return {
        row.field: decrypt(row.text, purpose=PURPOSE, aad=binding(credential, row))
        for row in credential.secrets.filter(is_staging=staging)
    }


def keep_secrets(credential: Credential, secrets: Mapping[str, str], *, staging: bool) -> None:
    """Make these the secrets of one set of values; those of other fields go.

    Raises:
        CryptoError: there is no key.
    """
    credential.secrets.filter(is_staging=staging).exclude(field__in=secrets).delete()
    for field, value in secrets.items():
        row = CredentialSecret(credential=credential, is_staging=staging, field=field)
        sealed = encrypt(value, purpose=PURPOSE, aad=binding(credential, row))
        CredentialSecret.objects.update_or_create(
            credential=credential, is_staging=staging, field=field, defaults={"text": sealed}
        )


def binding(credential: Credential, row: CredentialSecret) -> tuple[AadPart, ...]:
    """What a ciphertext belongs to: moved to another row, it does not open."""
    return (credential.tenant_id, credential.pk, "staging" if row.is_staging else "live", row.field)
