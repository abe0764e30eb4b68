"""Opens credentials for flows: the store that the settings name."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from django.db.models import F, Q, QuerySet
from pydantic import ValidationError

from actions.models import Credential
from actions.services.credential_health import health_of
from actions.services.credential_reading import live_values, staging_values
from actions.services.secrets import opened_secrets
from common.crypto import CryptoError
from common.timed_cache import TimedCache
from flows.sdk import CredentialFields, CredentialType, NodeError, credential_types
from flows.sdk.credentials import OpenCredential, UsableCredential, unknown_credential

KEPT_SECONDS = 60.0
MOST_KEPT = 500
STAND_IN = "(secret)"
USED_EVERY = timedelta(minutes=5)

_opened: TimedCache[tuple[int, int, datetime, bool], OpenCredential] = TimedCache(
    seconds=KEPT_SECONDS, most=MOST_KEPT
)
"""By id, version and set of values: a change makes a new version, so what is rotated is used at once."""


class CredentialStore:
    """`flows.sdk.credentials.CredentialStore` over the tables of this app."""

    def open(
        self,
        owner_id: int | None,
        name: str,
        types: Sequence[str] = (),
        *,
        staging: bool = False,
        is_use: bool = True,
    ) -> OpenCredential:
        """Open the credential of that name that the owner may use; see the protocol."""
        row = _named(owner_id, name)
        if types and row.type not in types:
            raise NodeError(
                "wrong_credential_type",
                f"The credential “{name}” is not of the type that is needed here.",
                hint="Choose another one.",
            )
        found = opened_row(row, staging=staging)
        if is_use and not staging:
            _note_use(row)
        return found

    def outline(self, owner_id: int | None, name: str) -> CredentialFields:
        """It with stand-ins for its secrets; see the protocol."""
        row = _named(owner_id, name)
        shown = staging_values(row) or live_values(row)
        secrets = dict.fromkeys(shown.secrets, STAND_IN)
        return type_of(row).Fields.model_construct(**{**shown.values, **secrets})

    def usable(self, owner_id: int | None) -> Mapping[str, str]:
        """The type of every credential that the owner's flows may use, by name."""
        rows = usable_rows(owner_id).order_by(F("tenant").desc(nulls_last=True))
        return dict(rows.values_list("name", "type"))

    def listed(self, owner_id: int | None, names: Sequence[str] | None = None) -> list[UsableCredential]:
        """The same for people; see the protocol."""
        rows = usable_rows(owner_id).select_related("health").order_by("name", "id")
        if names is not None:
            rows = rows.filter(name__in=names)
        return [_shown(row, owner_id) for row in rows]


def _named(owner_id: int | None, name: str) -> Credential:
    row = usable_rows(owner_id).filter(name=name).order_by(F("tenant").asc(nulls_first=True)).first()
    if row is None:
        raise unknown_credential(name)
    return row


def _shown(row: Credential, owner_id: int | None) -> UsableCredential:
    kind, health = credential_types.get(row.type), health_of(row)
    return UsableCredential(
        id=row.pk,
        name=row.name,
        type=row.type,
        type_label=kind.meta.label if kind else row.type,
        state=health.state,
        state_text=health.text,
        is_platform=row.tenant_id != owner_id,
        version=row.version,
        has_staging=row.staging_fields is not None,
    )


def usable_rows(owner_id: int | None) -> QuerySet[Credential]:
    """The owner's credentials, and those of the platform that all tenants may use."""
    if owner_id is None:
        return Credential.objects.filter(tenant=None)
    return Credential.objects.filter(Q(tenant_id=owner_id) | Credential.shared_rows)


def opened_row(row: Credential, *, staging: bool = False) -> OpenCredential:
    """A credential with its secrets.

    Args:
        staging: take the values for trying out, when it has such.

    Raises:
        NodeError: `credential_unusable`.
    """
    is_staging = staging and row.staging_fields is not None
    key = (row.pk, row.version, row.updated_at, is_staging)
    found = _opened.get(key)
    if found is None:
        found = _open(row, is_staging)
        _opened.put(key, found)
    return found


def _open(row: Credential, is_staging: bool) -> OpenCredential:
    kind = type_of(row)
    public = row.staging_fields if is_staging else row.fields
    try:
        fields = kind.Fields.model_validate({**public, **opened_secrets(row, staging=is_staging)})
        return OpenCredential(row.name, row.type, fields, tuple(kind.hosts(fields)))
    except ValidationError:
        reason, hint = "its type wants other values by now", "Open it, fill in what is missing, and save it."
    except CryptoError:
        reason, hint = "its secrets do not open", "The platform admin looks after the encryption keys."
    raise _unusable(row, reason, hint) from None


def type_of(row: Credential) -> CredentialType:
    """The type of a credential.

    Raises:
        NodeError: `credential_unusable`: its package is gone.
    """
    kind = credential_types.get(row.type)
    if kind is None:
        raise _unusable(
            row, f"its type {row.type!r} is not available here", "Install the package that brings it."
        )
    return kind


def _unusable(row: Credential, reason: str, hint: str) -> NodeError:
    message = f"The credential “{row.name}” cannot be used: {reason}."
    return NodeError("credential_unusable", message, hint=hint)


def _note_use(row: Credential) -> None:
    """So seldom that a busy flow does not write with every step."""
    now = datetime.now(UTC)
    if row.last_used_at is None or now - row.last_used_at > USED_EVERY:
        Credential.objects.filter(pk=row.pk).update(last_used_at=now)
