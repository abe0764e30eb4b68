"""The store of credentials that the settings name."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from django.conf import settings
from django.utils.module_loading import import_string

from flows.sdk.credentials import CredentialStore, OpenCredential, unknown_credential


@lru_cache(maxsize=1)
def credential_store() -> CredentialStore:
    """Where the credentials of this installation are kept."""
    store: CredentialStore = import_string(settings.CREDENTIAL_STORE)()
    return store


class NoCredentials:
    """A store with nothing in it."""

    def open(
        self, owner_id: int | None, name: str, types: Sequence[str] = (), *, staging: bool = False
    ) -> OpenCredential:
        """Never finds one."""
        raise unknown_credential(name)

    def usable(self, owner_id: int | None) -> Mapping[str, str]:
        """None."""
        return {}
