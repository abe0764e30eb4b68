"""HTTP bearer: a token in the Authorization header."""

from datetime import datetime

from actions.services.header_values import HeaderSecret
from actions.services.http import Outgoing, with_header
from actions.services.http_auth import HttpCredentialType, HttpFields
from flows.sdk import CredentialMeta, credential_type, ui


class BearerFields(HttpFields):
    """The token."""

    token: HeaderSecret = ui(label="Token", help="Without the word Bearer before it.", min_length=1)
    scheme: str = ui(
        "Bearer",
        label="Word before the token",
        help="Nearly always Bearer; some systems want Token or another.",
        pattern=r"^[A-Za-z][A-Za-z0-9._-]{0,39}$",
    )
    expires: datetime | None = ui(
        None, label="Expires", help="You are warned before. Such as 2027-01-31T00:00:00Z."
    )

    def on(self, request: Outgoing) -> Outgoing:
        """With an `Authorization: Bearer …`."""
        return with_header(request, "Authorization", f"{self.scheme} {self.token}")


@credential_type
class HttpBearer(HttpCredentialType):
    meta = CredentialMeta(
        type="http-bearer",
        label="HTTP: bearer token",
        icon="ticket",
        summary="Signs requests in with a token.",
    )
    Fields = BearerFields

    def expires_at(self, fields: BearerFields) -> datetime | None:
        return fields.expires
