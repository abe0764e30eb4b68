"""Stored secrets move to the newest key while others write."""

from io import StringIO
from itertools import islice

import pytest
from django.core.management import CommandError, call_command

from actions.models import Credential, CredentialSecret
from actions.services.credential_store import opened_row
from common import crypto
from hookflow_site import rotation
from hookflow_site.keys import encrypted_fields
from tests.support.credentials import CANARY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("api_type")]
OLD, NEW = crypto.new_key("old"), crypto.new_key("new")


def use(monkeypatch: pytest.MonkeyPatch, *keys: str) -> None:
    monkeypatch.setattr(crypto, "_ring", crypto.KeyRing(keys))


def run(**options: bool) -> str:
    said = StringIO()
    call_command("rotate_keys", stdout=said, **options)
    return said.getvalue()


def key_ids() -> set[str]:
    return {text.split(".")[1] for text in CredentialSecret.objects.values_list("text", flat=True)}


def copies(row: Credential, count: int) -> None:
    for number in range(count):
        secret = CredentialSecret(credential=row, field=f"copy{number}")
        secret.text = crypto.seal(CANARY, secret.seal_of("text"))
        secret.save()


def test_every_model_with_secrets_says_where_they_belong() -> None:
    assert [model for model, _ in encrypted_fields() if not hasattr(model, "seal_of")] == []


def test_all_are_under_the_new_key_and_open_without_the_old_one(
    api_credential: Credential, monkeypatch: pytest.MonkeyPatch
) -> None:
    active = crypto.ring()
    monkeypatch.setattr(crypto, "_ring", _with(active, NEW))
    assert "1 of 1 secrets are under the key 'new'" in run()
    use(monkeypatch, NEW)
    assert opened_row(api_credential).fields.key == CANARY


def test_what_was_stopped_goes_on(api_credential: Credential, monkeypatch: pytest.MonkeyPatch) -> None:
    copies(api_credential, 9)
    monkeypatch.setattr(crypto, "_ring", _with(crypto.ring(), NEW))
    monkeypatch.setattr(rotation, "BATCH", 4)
    next(islice(rotation.rotate(), 1, None))
    assert key_ids() == {"t1", "new"}
    with pytest.raises(CommandError, match="2 are under an older key"):
        run(check=True)
    assert "10 of 10" in run()


def test_what_somebody_wrote_meanwhile_stays(
    api_credential: Credential, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crypto, "_ring", _with(crypto.ring(), NEW))
    theirs = "written meanwhile"
    real = rotation.seal

    def slow(text: str, place: crypto.Seal) -> str:
        CredentialSecret.objects.update(text=theirs)
        return real(text, place)

    monkeypatch.setattr(rotation, "seal", slow)
    list(rotation.rotate())
    assert CredentialSecret.objects.get().text == theirs


def test_what_does_not_open_is_told_and_left(
    api_credential: Credential, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = CredentialSecret.objects.get().text
    use(monkeypatch, NEW)
    with pytest.raises(CommandError, match="1 do not open"):
        run()
    assert CredentialSecret.objects.get().text == before


def _with(ring: crypto.KeyRing, key: str) -> crypto.KeyRing:
    """The keys of a ring behind a new one."""
    made = crypto.KeyRing([key])
    made._masters |= ring._masters
    return made
