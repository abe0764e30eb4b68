"""Proxmox VE: the API of a cluster or of a single host, with an API token."""

import re
from collections.abc import Sequence
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator

from flows.sdk import (
    CredentialFields,
    CredentialMeta,
    CredentialType,
    NodeContext,
    Secret,
    credential_type,
    ui,
)
from inventory.services.proxmox import Proxmox as Api

TOKEN_ID = re.compile(r"[^\s!@=:/]{1,60}@[A-Za-z][\w.-]{0,31}![A-Za-z][\w.-]{0,63}", re.ASCII)
HTTPS_PORT = 8006


def _origin(text: str) -> str:
    """The URL without a path: what people copy from their browser."""
    parts = urlsplit(text.strip())
    try:
        is_one = parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc
        port = parts.port or HTTPS_PORT
    except ValueError:
        is_one, port = False, 0
    if not is_one:
        raise ValueError("Write the URL of its web page, such as https://pve.example.org:8006.")
    host = f"[{parts.hostname}]" if ":" in str(parts.hostname) else parts.hostname
    return f"https://{host}:{port}"


def _token_id(text: str) -> str:
    if not TOKEN_ID.fullmatch(text):
        raise ValueError("Write user, realm and name of the token, such as hookflow@pve!flows.")
    return text


class ProxmoxFields(CredentialFields):
    """Where the API is, and the token."""

    url: Annotated[str, AfterValidator(_origin)] = ui(
        label="URL", help="https only.", placeholder="https://pve.example.org:8006", max_length=300
    )
    token_id: Annotated[str, AfterValidator(_token_id)] = ui(
        label="Token ID", placeholder="hookflow@pve!flows", max_length=200
    )
    secret: Secret = ui(label="Secret", help="Proxmox shows it once.", min_length=1)
    ca: str = ui(
        "",
        label="Certificate of the authority",
        help="PEM. Of a new host: /etc/pve/pve-root-ca.pem. Empty trusts the public authorities.",
        widget="textarea",
        max_length=65_536,
    )


@credential_type
class Proxmox(CredentialType):
    meta = CredentialMeta(
        type="proxmox",
        label="Proxmox VE",
        icon="server-2",
        summary="A Proxmox VE cluster or host, with an API token.",
    )
    Fields = ProxmoxFields

    def hosts(self, fields: ProxmoxFields) -> Sequence[str]:
        return [urlsplit(fields.url).netloc]

    def test(self, ctx: NodeContext, fields: ProxmoxFields) -> str:
        """Sign in, and see that the token may do what Modify server does."""
        api = Api(ctx.net, fields)
        version = api.version()
        api.check_permissions()
        return f"Proxmox VE {version} answers, and the token is accepted."
