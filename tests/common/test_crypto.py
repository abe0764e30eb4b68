"""Secrets at rest open only with their key, for their purpose, in their place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import crypto
from common.crypto import CannotOpen, CryptoError, KeyRing, MissingKey, new_key

AAD = (1, 7, "password")


@pytest.fixture
def ring() -> KeyRing:
    return KeyRing([new_key("k1")])


@given(st.text(st.characters(blacklist_categories=["Cs"]), max_size=200))
def test_what_goes_in_comes_out(text: str) -> None:
    ring = KeyRing([new_key("k1")])
    token = ring.encrypt(text, purpose="credential", aad=AAD)
    assert ring.decrypt(token, purpose="credential", aad=AAD) == text
    assert len(text) < 6 or text not in token


def test_same_text_never_looks_the_same(ring: KeyRing) -> None:
    tokens = {ring.encrypt("x", purpose="credential", aad=AAD) for _ in range(50)}
    assert len(tokens) == 50


@pytest.mark.parametrize(
    ("purpose", "aad"),
    [
        ("hook", AAD),
        ("credential", (2, 7, "password")),
        ("credential", (1, 8, "password")),
        ("credential", (1, 7, "token")),
        ("credential", (1, "7", "password")),
        ("credential", (None, 7, "password")),
        ("credential", (17, "password")),
        ("credential", ()),
    ],
)
def test_moved_secret_does_not_open(ring: KeyRing, purpose: str, aad: tuple[str | int | None, ...]) -> None:
    token = ring.encrypt("s3cret", purpose="credential", aad=AAD)
    with pytest.raises(CannotOpen):
        ring.decrypt(token, purpose=purpose, aad=aad)


def test_any_changed_character_is_noticed(ring: KeyRing) -> None:
    token = ring.encrypt("s3cret", purpose="credential", aad=AAD)
    for place in range(token.rindex(".") + 1, len(token) - 1):
        changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        with pytest.raises(CryptoError):
            ring.decrypt(changed, purpose="credential", aad=AAD)


@pytest.mark.parametrize(
    "token", ["", "x", "hf1", "hf1.k1", "hf1.k1.", "hf1.k1.!!", "hf2.k1.AAAA", "hf1..AAAA", "é" * 9]
)
def test_nonsense_is_refused(ring: KeyRing, token: str) -> None:
    with pytest.raises(CannotOpen):
        ring.decrypt(token, purpose="credential", aad=AAD)


def test_rotation_keeps_old_secrets_readable_until_they_are_rewritten() -> None:
    old, new = new_key("k1"), new_key("k2")
    token = KeyRing([old]).encrypt("s3cret", purpose="hook", aad=AAD)
    both = KeyRing([new, old])
    rotated = both.encrypt(both.decrypt(token, purpose="hook", aad=AAD), purpose="hook", aad=AAD)
    assert KeyRing([new]).decrypt(rotated, purpose="hook", aad=AAD) == "s3cret"
    with pytest.raises(MissingKey, match="'k1'"):
        KeyRing([new]).decrypt(token, purpose="hook", aad=AAD)


def test_missing_key_refuses_and_never_falls_back() -> None:
    with pytest.raises(MissingKey, match="ENCRYPTION_KEYS"):
        KeyRing().encrypt("x", purpose="hook", aad=AAD)


@pytest.mark.parametrize(
    "keys", [["k1"], ["k1:short"], ["K1:" + "A" * 43], [new_key("a"), new_key("a")], [""]]
)
def test_bad_keys_stop_the_start_without_showing_themselves(keys: list[str]) -> None:
    with pytest.raises(CryptoError) as caught:
        KeyRing(keys)
    assert "AAAA" not in str(caught.value)
    assert "short" not in str(caught.value)


def test_process_uses_its_own_keys() -> None:
    before = crypto.ring()
    try:
        crypto.use_keys([new_key("k9")])
        token = crypto.encrypt("x", purpose="hook", aad=())
        assert token.startswith("hf1.k9.")
        assert crypto.decrypt(token, purpose="hook", aad=()) == "x"
    finally:
        crypto._ring = before


def test_signature_needs_a_secret_and_every_bit() -> None:
    good = crypto.sign(b"body", "secret")
    assert crypto.is_signed(b"body", "secret", good)
    assert crypto.is_signed(b"body", "secret", good.upper())
    for body, secret, signature in (
        (b"bodz", "secret", good),
        (b"body", "secreu", good),
        (b"body", "secret", good[:-1] + ("0" if good[-1] != "0" else "1")),
        (b"body", "secret", ""),
        (b"body", "secret", "é"),
        (b"body", "secret", "\ud800"),
        (b"body", "", crypto.hash_token("")),
    ):
        assert not crypto.is_signed(body, secret, signature)
    with pytest.raises(MissingKey):
        crypto.sign(b"body", "")


def test_tokens_are_random_and_stored_as_hashes() -> None:
    assert len({crypto.new_secret() for _ in range(100)}) == 100
    assert crypto.hash_token("a") == "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
    assert crypto.is_same("a", b"a")
    assert not crypto.is_same("a", "b")
