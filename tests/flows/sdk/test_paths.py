"""What may be written where a field is named."""

import pytest

from flows.sdk.paths import MAX_PATH_CHARACTERS, MAX_PATH_PARTS, checked_path


@pytest.mark.parametrize("path", ["ram", "server.vlan.id", "charges.0.amount", "_links.self", "größe", "x-1"])
def test_names_joined_by_dots_are_a_path(path):
    assert checked_path(path) == path


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("", "Write a field name"),
        ("a..b", "Write a field name"),
        ("a b", "Write a field name"),
        ("{{ a }}", "Write a field name"),
        ("a" * (MAX_PATH_CHARACTERS + 1), "characters"),
        (".".join("a" * (MAX_PATH_PARTS + 1)), "parts"),
        ("a.__class__", "two underscores"),
        ("ow\u200bner", "zero width space"),
        ("\u202erewo", "right-to-left override"),
        ("a\x1bb", "hidden"),
        ("a\ufeff", "hidden"),
    ],
)
def test_what_is_none_is_refused_with_the_reason(path, said):
    with pytest.raises(ValueError, match=said):
        checked_path(path)
