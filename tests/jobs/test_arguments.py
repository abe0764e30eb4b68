import pytest

from jobs.arguments import BadArgument, argument_list, read_slots

SLOTS = read_slots(
    [
        {"name": "mode", "kind": "fixed", "text": "--quiet"},
        {"name": "force", "kind": "flag", "text": "--force"},
        {"name": "size", "kind": "integer", "option": "--size"},
        {"name": "level", "kind": "choice", "choices": ["low", "high"], "default": "low"},
        {"name": "rest", "allows_options": True},
        {"name": "name"},
    ]
)
HOSTILE = [
    "; id",
    "$(id)",
    "`id`",
    "a\nb",
    "a|b",
    "a && b",
    "{a,b}",
    "“x”",
    "a b",
    "*",
    "~",
    "%s",
    "\\",
    "'",
    '"',
    "",
]


@pytest.mark.parametrize("value", HOSTILE[:-1])
def test_a_value_is_one_argument_byte_for_byte(value: str):
    assert argument_list(SLOTS, {"name": value}) == ["--quiet", "low", value]


def test_each_slot_stands_in_its_place():
    values = {"force": True, "size": 3, "level": "high", "rest": "--x", "name": "n"}
    assert argument_list(SLOTS, values) == ["--quiet", "--force", "--size", "3", "high", "--x", "n"]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"name": "--output=/etc/x"}, "option_refused"),
        ({"name": "-oProxyCommand=x"}, "option_refused"),
        ({"name": "a\0b"}, "bad_argument"),
        ({"name": ["a"]}, "bad_argument"),
        ({"name": "x" * 70_000}, "bad_argument"),
        ({"size": "3; id"}, "bad_argument"),
        ({"size": "1_0"}, "bad_argument"),
        ({"size": 1.5}, "bad_argument"),
        ({"level": "medium"}, "bad_argument"),
        ({"force": "perhaps"}, "bad_argument"),
        ({"mode": "x"}, "unknown_argument"),
    ],
)
def test_what_does_not_fit_its_slot_is_refused(values: dict, code: str):
    with pytest.raises(BadArgument) as refused:
        argument_list(SLOTS, values)
    assert refused.value.code == code
