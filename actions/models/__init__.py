"""The tables of `actions`."""

from actions.models.credential import Credential, CredentialSecret
from actions.models.health import CredentialHealth

__all__ = ["Credential", "CredentialHealth", "CredentialSecret"]
