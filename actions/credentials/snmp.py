"""SNMP: who takes notifications, and in which version with which community or user they are sent."""

import re
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from actions.services.http_auth import Host
from common.egress.hosts import host_with_port
from flows.sdk import (
    CredentialFields,
    CredentialMeta,
    CredentialType,
    NodeContext,
    Secret,
    credential_type,
    ui,
)

COMMUNITY, V3 = ["v1", "v2c"], ["v3"]
AUTH, AUTH_PRIV = "auth", "auth-priv"
SHORTEST_KEY = 8
ENGINE_ID = re.compile(r"(?:0x)?((?:[0-9a-f]{2}){5,32})", re.IGNORECASE)


def _engine_id(text: str) -> str:
    match = ENGINE_ID.fullmatch(re.sub(r"[\s:]", "", text))
    if text and match is None:
        raise ValueError("Write 10 to 64 hexadecimal digits, such as 8000000001020304.")
    return match[1].lower() if match else ""


def _key(text: str) -> str:
    if text and len(text) < SHORTEST_KEY:
        raise ValueError(f"SNMP v3 keys have at least {SHORTEST_KEY} characters.")
    return text


Key = Annotated[Secret, AfterValidator(_key)]


class SnmpFields(CredentialFields):
    """A receiver of traps, and how it knows us."""

    host: str = ui(
        label="Receiver",
        help="Name or address of what takes the notifications.",
        placeholder="traps.example.org",
        min_length=1,
        max_length=253,
    )
    port: int = ui(162, label="Port", help="UDP.", ge=1, le=65_535)
    others: Annotated[tuple[Host, ...], Field(max_length=49)] = ui(
        (),
        label="Other receivers",
        help="Those that know us in the same way, such as backup.example.org:162. Nodes choose among them.",
        widget="tags",
        placeholder="backup.example.org",
    )
    version: Literal["v1", "v2c", "v3"] = ui(
        "v2c", label="Version", choices={"v1": "SNMP v1", "v2c": "SNMP v2c", "v3": "SNMP v3"}
    )
    community: Secret = ui("", label="Community", depends_on={"version": COMMUNITY})
    user: str = ui("", label="User", max_length=32, depends_on={"version": V3})
    level: Literal["none", "auth", "auth-priv"] = ui(
        AUTH_PRIV,
        label="Security level",
        choices={
            "none": "No authentication (noAuthNoPriv)",
            AUTH: "Authentication (authNoPriv)",
            AUTH_PRIV: "Authentication and privacy (authPriv)",
        },
        depends_on={"version": V3},
    )
    auth_protocol: Literal["md5", "sha", "sha224", "sha256", "sha384", "sha512"] = ui(
        "sha256",
        label="Authentication protocol",
        choices={
            "md5": "MD5",
            "sha": "SHA-1",
            "sha224": "SHA-224",
            "sha256": "SHA-256",
            "sha384": "SHA-384",
            "sha512": "SHA-512",
        },
        depends_on={"level": [AUTH, AUTH_PRIV]},
    )
    auth_key: Key = ui(
        "",
        label="Authentication key",
        depends_on={"level": [AUTH, AUTH_PRIV]},
    )
    priv_protocol: Literal[
        "des", "3des", "aes", "aes192", "aes256", "aes192-blumenthal", "aes256-blumenthal"
    ] = ui(
        "aes",
        label="Privacy protocol",
        choices={
            "des": "DES",
            "3des": "3DES",
            "aes": "AES-128",
            "aes192": "AES-192",
            "aes256": "AES-256",
            "aes192-blumenthal": "AES-192 (Blumenthal)",
            "aes256-blumenthal": "AES-256 (Blumenthal)",
        },
        depends_on={"level": [AUTH_PRIV]},
    )
    priv_key: Key = ui("", label="Privacy key", depends_on={"level": [AUTH_PRIV]})
    engine_id: Annotated[str, AfterValidator(_engine_id)] = ui(
        "",
        label="Engine ID",
        help="Ours, under which the receiver knows the user. Traps need one; informs take the receiver's.",
        placeholder="8000000001020304",
        depends_on={"version": V3},
    )
    context: str = ui("", label="Context", max_length=32, depends_on={"version": V3})

    @model_validator(mode="after")
    def _is_complete(self) -> "SnmpFields":
        if self.version != "v3" and not self.community:
            raise ValueError("Fill in the community.")
        if self.version == "v3" and not self.user:
            raise ValueError("Fill in the user.")
        if self.version == "v3" and self.level != "none" and not self.auth_key:
            raise ValueError("Fill in the authentication key.")
        if self.version == "v3" and self.level == AUTH_PRIV and not self.priv_key:
            raise ValueError("Fill in the privacy key.")
        return self


@credential_type
class Snmp(CredentialType):
    meta = CredentialMeta(
        type="snmp",
        label="SNMP",
        icon="broadcast",
        summary="A receiver of SNMP traps, with a community or a user of version 3.",
    )
    Fields = SnmpFields

    def hosts(self, fields: SnmpFields) -> Sequence[str]:
        """The receiver, and the others that are named."""
        return [host_with_port(fields.host, fields.port), *fields.others]

    def test(self, ctx: NodeContext, fields: SnmpFields) -> str:
        """Look the address up. A receiver answers to notifications alone, and a test must not raise an alarm."""
        address = ctx.net.address(fields.host, fields.port)
        return f"{fields.host} is {address} and may be used; an inform shows whether it takes notifications."
