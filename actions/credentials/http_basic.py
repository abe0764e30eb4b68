"""HTTP basic: user name and password."""

import base64

from pydantic import field_validator

from actions.services.http import Outgoing, with_header
from actions.services.http_auth import HttpCredentialType, HttpFields
from flows.sdk import CredentialMeta, Secret, credential_type, ui


class BasicFields(HttpFields):
    """Who signs in."""

    username: str = ui(label="User name", min_length=1, max_length=300)
    password: Secret = ui("", label="Password", help="It may be empty where the user name is a key.")

    @field_validator("username")
    @classmethod
    def _has_no_colon(cls, name: str) -> str:
        if ":" in name:
            raise ValueError("A user name for basic authentication has no colon.")
        return name

    def on(self, request: Outgoing) -> Outgoing:
        """With an `Authorization: Basic …`."""
        pair = base64.b64encode(f"{self.username}:{self.password}".encode()).decode()
        return with_header(request, "Authorization", f"Basic {pair}")


@credential_type
class HttpBasic(HttpCredentialType):
    meta = CredentialMeta(
        type="http-basic",
        label="HTTP: user name and password",
        icon="lock",
        summary="Signs requests in with basic authentication.",
    )
    Fields = BasicFields
