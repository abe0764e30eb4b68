"""Zabbix: where a Zabbix server or proxy takes values, and how the connection is secured."""

import re
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, model_validator

from actions.services import zabbix
from common.egress.hosts import host_with_port
from common.tls import Tls
from flows.sdk import (
    CredentialFields,
    CredentialMeta,
    CredentialType,
    NodeContext,
    Secret,
    credential_type,
    ui,
)

PSK, CERTIFICATE = "psk", "certificate"
HEX = re.compile(r"(?:[0-9a-fA-F]{2}){16,256}")
TEST_SECONDS = 10.0


def _is_hex(text: str) -> str:
    if text and not HEX.fullmatch(text):
        raise ValueError("Write the key as Zabbix shows it: 32 to 512 hexadecimal digits.")
    return text


class ZabbixFields(CredentialFields):
    """A trapper, and how to be trusted by it."""

    server: str = ui(
        label="Server",
        help="Name or address of the Zabbix server or proxy.",
        placeholder="zabbix.example.org",
        min_length=1,
        max_length=253,
    )
    port: int = ui(10051, label="Port", help="Of its trapper.", ge=1, le=65_535)
    encryption: Literal["none", "psk", "certificate"] = ui(
        "none",
        label="Encryption",
        help="As “Encryption” of the host says in Zabbix, connections from host.",
        choices={"none": "None", PSK: "Pre-shared key (PSK)", CERTIFICATE: "Certificate"},
    )
    psk_identity: str = ui(
        "", label="PSK identity", placeholder="hookflow", max_length=128, depends_on={"encryption": [PSK]}
    )
    psk: Annotated[Secret, AfterValidator(_is_hex)] = ui(
        "",
        label="PSK",
        help="Hexadecimal digits, as in Zabbix.",
        depends_on={"encryption": [PSK]},
    )
    ca: str = ui(
        "",
        label="Certificate of the authority",
        help="PEM. Empty trusts the public authorities.",
        widget="textarea",
        max_length=65_536,
        depends_on={"encryption": [CERTIFICATE]},
    )
    certificate: str = ui(
        "",
        label="Own certificate",
        help="PEM, with those that lead to its authority.",
        widget="textarea",
        max_length=65_536,
        depends_on={"encryption": [CERTIFICATE]},
    )
    key: Secret = ui(
        "",
        label="Key of the own certificate",
        help="PEM, without a password.",
        widget="textarea",
        depends_on={"encryption": [CERTIFICATE]},
    )
    server_name: str = ui(
        "",
        label="Name in its certificate",
        help="Where it is not the server's name.",
        max_length=253,
        depends_on={"encryption": [CERTIFICATE]},
    )

    @model_validator(mode="after")
    def _is_complete(self) -> "ZabbixFields":
        if self.encryption == PSK and not (self.psk_identity and self.psk):
            raise ValueError("Fill in identity and key.")
        if self.encryption == CERTIFICATE and not (self.certificate and self.key):
            raise ValueError("Fill in the certificate and its key.")
        return self

    def tls(self) -> Tls | None:
        """How the connection is secured; None when it is not."""
        if self.encryption == PSK:
            return Tls(psk_identity=self.psk_identity, psk=self.psk)
        if self.encryption == CERTIFICATE:
            return Tls(self.ca, self.certificate, self.key, server_name=self.server_name)
        return None


@credential_type
class Zabbix(CredentialType):
    meta = CredentialMeta(
        type="zabbix",
        label="Zabbix",
        icon="chart-line",
        summary="A Zabbix server or proxy that takes values.",
    )
    Fields = ZabbixFields

    def hosts(self, fields: ZabbixFields) -> Sequence[str]:
        return [host_with_port(fields.server, fields.port)]

    async def test(self, ctx: NodeContext, fields: ZabbixFields) -> str:
        """Hand over no value at all, which a server answers too."""
        await zabbix.exchange(ctx, fields, zabbix.packet([]), TEST_SECONDS)
        return f"{fields.server} takes values on port {fields.port}."
