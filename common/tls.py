"""How a connection is secured: the same for HTTP, for sockets and for whoever describes them."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Tls:
    """Whom we trust, and who we say we are. Certificates and keys are PEM texts.

    Args:
        ca: trusted instead of the public authorities.
        certificate: ours, with those that lead to its authority.
        key: that of our certificate, unencrypted; may stand in `certificate`.
        verify: whether the other side must show a valid certificate.
        server_name: the name in its certificate, where that is not the host.
        psk: a key that both sides know, as hexadecimal digits, instead of all certificates; streams only.
        psk_identity: the name of that key.
    """

    ca: str = ""
    certificate: str = field(default="", repr=False)
    key: str = field(default="", repr=False)
    verify: bool = True
    server_name: str = ""
    psk_identity: str = ""
    psk: str = field(default="", repr=False)

    @property
    def for_others(self) -> "Tls":
        """What holds at an origin that it was not meant for: our certificate stays, and so does any leniency."""
        return Tls(ca=self.ca)
