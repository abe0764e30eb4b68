"""HTTP API key: a key in a header or in the query of the URL."""

from datetime import datetime
from typing import Literal

from pydantic import model_validator

from actions.services.header_values import HeaderSecret
from actions.services.http import HEADER_NAME, OWN_HEADERS, Outgoing, with_header, with_parameter
from actions.services.http_auth import HttpCredentialType, HttpFields
from flows.sdk import CredentialMeta, credential_type, ui


class ApiKeyFields(HttpFields):
    """The key and where it goes."""

    place: Literal["header", "query"] = ui(
        "header",
        label="Sent in",
        help="A header is safer: other systems write URLs into their logs.",
        choices={"header": "A header", "query": "The query of the URL"},
    )
    name: str = ui("X-API-Key", label="Name of the header or parameter", min_length=1, max_length=100)
    key: HeaderSecret = ui(label="Key", min_length=1)
    expires: datetime | None = ui(
        None, label="Expires", help="You are warned before. Such as 2027-01-31T00:00:00Z."
    )

    @model_validator(mode="after")
    def _names_a_header(self) -> "ApiKeyFields":
        is_header = HEADER_NAME.fullmatch(self.name) and self.name.lower() not in OWN_HEADERS
        if self.place == "header" and not is_header:
            raise ValueError("Write the name of a header, such as X-API-Key.")
        return self

    def on(self, request: Outgoing) -> Outgoing:
        """With the key in its place."""
        put = with_header if self.place == "header" else with_parameter
        return put(request, self.name, self.key)


@credential_type
class HttpApiKey(HttpCredentialType):
    meta = CredentialMeta(
        type="http-api-key",
        label="HTTP: API key",
        icon="key",
        summary="Signs requests in with a key in a header or in the URL.",
    )
    Fields = ApiKeyFields

    def expires_at(self, fields: ApiKeyFields) -> datetime | None:
        return fields.expires
