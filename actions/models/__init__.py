"""The tables of `actions`."""

from actions.models.credential import Credential, CredentialSecret

__all__ = ["Credential", "CredentialSecret"]
