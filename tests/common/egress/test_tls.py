"""A certificate that does not fit ends the connection before a byte of ours is sent."""

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID

from common.egress import EgressError, PolicySource
from common.egress.client import EgressClient
from common.egress.smtp import Mail, MailError, SmtpServer, send_mail
from common.egress.sync import guarded_session
from tests.support.evil_server import EvilServer


def server_context(folder: Path, *, name: str = "localhost", days: int = 1) -> ssl.SSLContext:
    """A server with a certificate that nobody signed but itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=10))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, SHA256())
    )
    path = folder / "server.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


@pytest.mark.parametrize(("name", "days"), [("localhost", 1), ("other.example", 1), ("localhost", -1)])
async def test_certificate_that_does_not_fit_is_refused(
    client: EgressClient, tmp_path: Path, name: str, days: int
) -> None:
    async with EvilServer(tls=server_context(tmp_path, name=name, days=days)) as server:
        with pytest.raises(EgressError) as caught:
            await client.request("GET", f"https://localhost:{server.port}/", headers={"Authorization": "x"})
        assert (caught.value.code, caught.value.retryable) == ("tls_failed", False)
        assert "certificate" in caught.value.message
        assert server.requests == []


async def test_plain_answer_on_a_tls_port_is_refused(client: EgressClient) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(EgressError) as caught:
        await client.request("GET", f"https://127.0.0.1:{port}/", timeout_seconds=5)
    server.close()
    assert caught.value.code == "tls_failed"


async def test_redirect_from_https_to_http_is_refused(
    client: EgressClient, server: EvilServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = server_context(tmp_path)
    trusting = ssl.create_default_context(cafile=str(tmp_path / "server.pem"))
    monkeypatch.setattr("aiohttp.connector._SSL_CONTEXT_VERIFIED", trusting)
    async with EvilServer(tls=context) as safe:
        url = f"https://localhost:{safe.port}"
        assert (await client.request("GET", f"{url}/echo")).status == 200
        with pytest.raises(EgressError) as caught:
            await client.request("GET", f"{url}/redirect?to={server.url('/echo')}")
    assert caught.value.code == "address_refused"
    assert server.requests == []


async def test_requests_session_refuses_it_too(loopback: PolicySource, tmp_path: Path) -> None:
    async with EvilServer(tls=server_context(tmp_path)) as server:

        def work() -> None:
            with guarded_session(source=loopback) as session:
                session.get(f"https://localhost:{server.port}/", verify=False)

        with pytest.raises(EgressError) as caught:
            await asyncio.to_thread(work)
        assert caught.value.code == "tls_failed"
        assert server.requests == []


async def test_mail_refuses_it_too(loopback: PolicySource, tmp_path: Path) -> None:
    async with EvilServer(tls=server_context(tmp_path)) as server:
        mail = Mail("a@example.org", ["b@example.org"], "Hi", "Text")
        with pytest.raises(MailError) as caught:
            await send_mail(mail, SmtpServer("localhost", server.port, "tls", timeout=5), source=loopback)
    assert caught.value.code == "tls_failed"
