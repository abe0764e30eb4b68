"""The secrets of credentials, sealed and opened. Nothing else reads or writes their rows."""

from collections.abc import Iterable, Mapping

from actions.models import Credential, CredentialSecret
from common.crypto import seal, unseal


def opened_secrets(credential: Credential, *, staging: bool) -> dict[str, str]:
    """The secrets of one set of values, by field.

    Raises:
        CryptoError: one of them does not open.
    """
    return {
        row.field: unseal(row.text, row.seal_of("text"))
        for row in credential.secrets.filter(is_staging=staging).select_related("credential")
    }


def keep_first_secrets(secrets: Iterable[tuple[Credential, Mapping[str, str]]]) -> None:
    """Those of new credentials, all in one statement.

    Raises:
        CryptoError: there is no key.
    """
    rows = []
    for credential, values in secrets:
        for field, value in values.items():
            row = CredentialSecret(credential=credential, is_staging=False, field=field)
            row.text = seal(value, row.seal_of("text"))
            rows.append(row)
    CredentialSecret.objects.bulk_create(rows)


def keep_secrets(credential: Credential, secrets: Mapping[str, str], *, staging: bool) -> None:
    """Make these the secrets of one set of values; those of other fields go.

    Raises:
        CryptoError: there is no key.
    """
    credential.secrets.filter(is_staging=staging).exclude(field__in=secrets).delete()
    for field, value in secrets.items():
        row = CredentialSecret(credential=credential, is_staging=staging, field=field)
        CredentialSecret.objects.update_or_create(
            credential=credential,
            is_staging=staging,
            field=field,
            defaults={"text": seal(value, row.seal_of("text"))},
        )
