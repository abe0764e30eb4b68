"""Signing in over HTTP by credential: what the credential types of this kind have in common, and their use."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, ClassVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from actions.services.http import Outgoing, send, url_problem
from actions.services.pem import CaText
from common import egress
from common.egress.hosts import in_brackets
from flows.sdk import CredentialFields, CredentialRef, NodeConfig, NodeContext, NodeError, Tls, ui
from flows.sdk.credentials import CredentialType

TEST_TIMEOUT = "15s"


def _host(text: str) -> str:
    try:
        target = egress.parse(f"https://{text}/")
    except egress.EgressError:
        target = None
    if target is None or target.path != "/" or target.query or "#" in text:
        raise ValueError("Write each as a host alone, such as api.example.org or api.example.org:8443.")
    host = in_brackets(target.host)
    has_port = ":" in text.rpartition("]")[2]
    return f"{host}:{target.port}" if has_port else host


def _test_url(text: str) -> str:
    problem = url_problem(text) if text else None
    if problem:
        raise ValueError(" ".join(problem))
    return text


Host = Annotated[str, AfterValidator(_host), Field(max_length=260)]
"""A host with or without a port, as people write it."""


class HostedFields(CredentialFields):
    """Where it may be used."""

    allowed_hosts: Annotated[tuple[Host, ...], Field(min_length=1, max_length=20)] = ui(
        label="Allowed hosts",
        help="It is sent to these and nowhere else, such as api.example.org or api.example.org:8443.",
        widget="tags",
        placeholder="api.example.org",
    )


class HttpFields(HostedFields):
    """What every credential has that signs a request in."""

    test_url: Annotated[str, AfterValidator(_test_url), Field(max_length=2000)] = ui(
        "",
        label="Address to try it at",
        help="Test connection sends a GET there, which should change nothing.",
        placeholder="https://api.example.org/me",
    )

    def on(self, request: Outgoing) -> Outgoing:
        """The request with what signs it in."""
        return request

    @property
    def certificate(self) -> tuple[str, str]:
        """A client certificate and its key, as PEM; empty when it has none."""
        return "", ""


class HttpCredentialType(CredentialType):
    Fields: ClassVar[type[CredentialFields]] = HttpFields

    def hosts(self, fields: HostedFields) -> Sequence[str]:
        """Those that were written."""
        return fields.allowed_hosts

    async def test(self, ctx: NodeContext, fields: HttpFields) -> str:
        """Ask the address that was given; without one there is nothing to try."""
        if not fields.test_url:
            return "It is filled in. Write an address to try it at, and the test asks there."
        request = Outgoing("GET", fields.test_url, tls=_tls(fields, ca="", verify=True))
        try:
            answer = await send(ctx, fields.on(request), timeout=TEST_TIMEOUT, log="off")
        except NodeError as error:
            raise in_field(error, "test_url") from error
        return f"{urlsplit(fields.test_url).hostname} answered {answer.status}."


def in_field(error: NodeError, field: str) -> NodeError:
    """The same failure at another field."""
    return NodeError.of(error, field=field)


class SecurityConfig(NodeConfig):
    """How a node's requests are signed in, and whom they trust."""

    credential: CredentialRef("http-basic", "http-bearer", "http-api-key", "http-client-certificate") = ui(  # type: ignore[valid-type]
        "",
        label="Sign in with",
        help="A credential for HTTP; it is sent to its own hosts only.",
        group="Security",
    )
    verify_tls: bool = ui(
        True,
        label="Check the certificate",
        help="Off, anyone on the way can read and change what is sent, the credential among it.",
        group="Security",
        widget="switch",
    )
    ca: CaText = ui(
        "",
        label="Own certificate authority",
        help="Its certificate as PEM: then it is trusted, and no public one.",
        widget="textarea",
        group="Security",
        placeholder="-----BEGIN CERTIFICATE-----",
        depends_on={"verify_tls": [True]},
    )


def signed_in(ctx: NodeContext, request: Outgoing, config: SecurityConfig) -> Outgoing:
    """The request as the config's credential signs it in, trusting whom the config trusts.

    Raises:
        NodeError: what `NodeContext.opened` raises.
    """
    fields = ctx.opened(config.credential, HttpFields) if config.credential else None
    request = fields.on(request) if fields else request
    return replace(request, tls=_tls(fields, ca=config.ca, verify=config.verify_tls))


def _tls(fields: HttpFields | None, *, ca: str, verify: bool) -> Tls | None:
    certificate, key = fields.certificate if fields else ("", "")
    tls = Tls(ca=ca.strip() if verify else "", certificate=certificate, key=key, verify=verify)
    return None if tls == Tls() else tls
