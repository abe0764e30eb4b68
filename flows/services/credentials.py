"""The store of credentials that the settings name."""

from functools import lru_cache

from django.conf import settings
from django.utils.module_loading import import_string

from flows.sdk.credentials import CredentialStore


@lru_cache(maxsize=1)
def credential_store() -> CredentialStore:
    """Where the credentials of this installation are kept."""
    store: CredentialStore = import_string(settings.CREDENTIAL_STORE)()
    return store
