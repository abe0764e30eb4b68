"""HTTP signing: a secret under which outgoing requests are signed, so that the receiver knows who sent them."""

from actions.services.http_auth import HttpCredentialType
from actions.services.signing import SigningFields
from flows.sdk import CredentialFields, CredentialMeta, NodeContext, credential_type


@credential_type
class HttpSigning(HttpCredentialType):
    """A secret that is never sent: it signs what is."""

    meta = CredentialMeta(
        type="http-signing",
        label="HTTP: signing secret",
        icon="signature",
        summary="Signs what webhooks send, so that the receiver can check it.",
    )
    Fields = SigningFields

    async def test(self, ctx: NodeContext, fields: CredentialFields) -> str:
        """Only a receiver can tell whether a signature fits, and asking it would deliver something."""
        return (
            "It is filled in. Only a receiver can tell whether a signature fits, so there is nothing to try."
        )
