"""A certificate shown while the connection is made."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from actions.credentials.http_client_certificate import ClientCertificateFields, HttpClientCertificate
from tests.support.certificates import self_signed

PAIR = self_signed("client.example", until=datetime(2031, 5, 6, tzinfo=UTC))
HOSTS = ["api.example.org"]


def test_certificate_and_key_that_belong_together_are_taken():
    fields = ClientCertificateFields(allowed_hosts=HOSTS, pem=PAIR.certificate, key=PAIR.key)
    assert fields.certificate == (PAIR.certificate, PAIR.key)


def test_it_ends_with_the_certificate():
    fields = ClientCertificateFields(allowed_hosts=HOSTS, pem=PAIR.certificate, key=PAIR.key)
    assert HttpClientCertificate().expires_at(fields) == datetime(2031, 5, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("pem", "key", "said"),
    [
        (PAIR.certificate, self_signed("other.example").key, "does not belong"),
        (PAIR.certificate, PAIR.certificate, "private key as PEM"),
        (PAIR.key, PAIR.key, "certificate as PEM"),
        (PAIR.certificate, PAIR.locked_key, "passphrase"),
    ],
)
def test_what_does_not_belong_together_is_refused_without_telling_the_key(pem, key, said):
    with pytest.raises(ValidationError) as caught:
        ClientCertificateFields(allowed_hosts=HOSTS, pem=pem, key=key)
    assert said in str(caught.value)
    assert key.splitlines()[1] not in str(caught.value)
