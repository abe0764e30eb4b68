"""HTTP client certificate: who asks is known by a certificate."""

from datetime import datetime

from pydantic import model_validator

from actions.services.http_auth import HttpCredentialType, HttpFields
from actions.services.pem import check_pair, expires_at
from flows.sdk import CredentialMeta, Secret, credential_type, ui


class ClientCertificateFields(HttpFields):
    """Certificate and key."""

    pem: str = ui(
        label="Certificate",
        help="As PEM, followed by the certificates between it and the authority.",
        widget="textarea",
        max_length=65_536,
        placeholder="-----BEGIN CERTIFICATE-----",
    )
    key: Secret = ui(
        label="Private key", help="As PEM, without a passphrase.", widget="textarea", min_length=1
    )

    @model_validator(mode="after")
    def _belong_together(self) -> "ClientCertificateFields":
        check_pair(self.pem, self.key)
        return self

    @property
    def certificate(self) -> tuple[str, str]:
        return self.pem, self.key


@credential_type
class HttpClientCertificate(HttpCredentialType):
    """A certificate shown while the connection is made."""

    meta = CredentialMeta(
        type="http-client-certificate",
        label="HTTP: client certificate",
        icon="certificate",
        summary="Signs in with a certificate while the connection is made.",
    )
    Fields = ClientCertificateFields

    def expires_at(self, fields: ClientCertificateFields) -> datetime:
        return expires_at(fields.pem)
