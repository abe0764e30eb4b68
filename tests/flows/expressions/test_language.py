"""What templates can say, and how they say no."""

from typing import Any

import pytest

from flows.expressions import TemplateError, compile_slot
from flows.sdk import NodeError
from flows.sdk.config import Slot

RECORD: dict[str, Any] = {
    "hostname": "web1",
    "ram": 8192,
    "price": 2.5,
    "active": True,
    "nothing": None,
    "server": {"cpu": 4, "my key": "x", "items": [1, 2], "keys": "k", "d.ot": 1},
    "tags": [{"name": "a"}, {"name": "b"}],
    "my-key": 3,
    "_id": "hidden",
    "größe": 5,
}


def value(source: str, record: dict[str, Any] | None = None) -> Any:
    return compile_slot(Slot.VALUE, source).render(RECORD if record is None else record)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ ram }}", 8192),
        ("{{ram}}", 8192),
        ("{{ server.cpu }}", 4),
        ("{{ server.items }}", [1, 2]),
        ("{{ server.keys }}", "k"),
        ("{{ server['items'][1] }}", 2),
        ("{{ server.items.0 }}", 1),
        ("{{ server.items[-1] }}", 2),
        ("{{ server['my key'] }}", "x"),
        ('{{ server["d.ot"] }}', 1),
        ("{{ record['my-key'] }}", 3),
        ("{{ record.hostname }}", "web1"),
        ("{{ record['größe'] }}", 5),
        ("{{ größe }}", 5),
        ("{{ nothing }}", None),
        ("{{ active }}", True),
        ("x{{ nothing }}{{ active }}{{ price }}", "xtrue2.5"),
        ("{{ ram }} MB", "8192 MB"),
        ("{{ server.items }}!", "[1,2]!"),
        ("{{ 'a' ~ ram }}", "a8192"),
        ("{{ ram / 1024 }}", 8),
        ("{{ ram // 1000 + 2 * 3 - -1 }}", 15),
        ("{{ ram % 1000 }}", 192),
        ("{{ 7 / 2 }}", 3.5),
        ("{{ ram > 4096 and active }}", True),
        ("{{ not active or ram == 1 }}", False),
        ("{{ 1 < 2 < 3 }}", True),
        ("{{ true == 1 }}", False),
        ("{{ 'big' if ram >= 8192 else 'small' }}", "big"),
        ("{{ 'big' if ram < 1 }}", ""),
        ("{{ hostname in ['web1', 'web2'] }}", True),
        ("{{ 'eb' in hostname }}", True),
        ("{{ 'cpu' in server }}", True),
        ("{{ 'disk' not in server }}", True),
        ("{{ gone is defined }}", False),
        ("{{ server.gone.deeper is undefined }}", True),
        ("{{ nothing is none }}", True),
        ("{{ ram is number and hostname is string }}", True),
        ("{{ gone | default('-') }}", "-"),
        ("{{ nothing | default('-') }}", "-"),
        ("{{ server.gone.deeper | d(5) }}", 5),
        ("{{ '' | default('x', true) }}", "x"),
        ("{{ '' | default('x') }}", ""),
        ("{{ (gone ~ 'x') | default('y') }}", "y"),
        ("{{ hostname | upper }}", "WEB1"),
        ("{{ hostname | replace('web', 'db') }}", "db1"),
        ("{{ tags | map(attribute='name') | join(', ') }}", "a, b"),
        ("{{ tags | map('name') | first }}", "a"),
        ("{{ server.items | sum }}", 3),
        ("{{ server.items | length }}", 2),
        ("{{ '12' | int + 1 }}", 13),
        ("{{ 'x' | int(0) }}", 0),
        ("{{ 2.345 | round(2) }}", 2.35),
        ("{{ 2.5 | round }}", 3),
        ("{{ 'a b/c' | urlencode }}", "a%20b%2Fc"),
        ("{{ server.items | tojson }}", "[1,2]"),
        ("{{ '<b>' | e }}", "&lt;b&gt;"),
        ("{{ 'abcdef' | truncate(4) }}", "abc…"),
        ("{{ [3, 1, 2] | sort | last }}", 3),
        ("{{ '{{' }}", "{{"),
        ("{{ '}}' }}", "}}"),
        ('{{ "it\'s" }}', "it's"),
        ("no braces { } }} %}", "no braces { } }} %}"),
        ("{{ -1 }}", -1),
    ],
)
def test_expression_gives_its_value(source: str, expected: Any) -> None:
    found = value(source)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("source", "code", "line", "column"),
    [
        ("{{ f(x) }}", "not_allowed", 1, 5),
        ("{{ x.y() }}", "not_allowed", 1, 7),
        ("{{ range(9) }}", "not_allowed", 1, 9),
        ("{{ 2 ** 9 }}", "not_allowed", 1, 4),
        ("{{ 'a' * 3 }}", "not_allowed", 1, 4),
        ("{{ '%s' % ram }}", "not_allowed", 1, 4),
        ("{{ x[1:2] }}", "not_allowed", 1, 5),
        ("{{ {'a': 1} }}", "not_allowed", 1, 4),
        ("{{ (1, 2) }}", "not_allowed", 1, 6),
        ("{{ __id }}", "not_allowed", 1, 4),
        ("{{ x.__class__ }}", "not_allowed", 1, 5),
        ("{{ x['__class__'] }}", "not_allowed", 1, 5),
        ("{{ 99999999999999999999 }}", "not_allowed", 1, 4),
        ("{{ 1e999 }}", "not_allowed", 1, 4),
        ("{{ x | format(1) }}", "unknown_filter", 1, 8),
        ("{{ x | uper }}", "unknown_filter", 1, 8),
        ("{{ x | attr('y') }}", "unknown_filter", 1, 8),
        ("{{ x | join(1, 2) }}", "bad_argument", 1, 8),
        ("{{ x | replace('a') }}", "bad_argument", 1, 8),
        ("{{ x | round(digits=1) }}", "bad_argument", 1, 8),
        ("{{ x is divisibleby(3) }}", "bad_argument", 1, 6),
        ("{{ x is evn }}", "unknown_test", 1, 6),
        ("{% for x in y %}", "statement", 1, 1),
        ("text {% raw %}", "statement", 1, 6),
        ("{# note #}", "statement", 1, 1),
        ("a\nb {{ x", "unclosed", 2, 3),
        ("{{ 'x }}", "unclosed", 1, 1),
        ("{{ }}", "syntax", 1, 3),
        ("a\n\nb {{ x y }}", "syntax", 3, 8),
        ("{{ x + }}", "syntax", 1, 6),
        ("{{ x ! }}", "syntax", 1, 6),
        ("{{ (x }}", "syntax", 1, 5),
        ("{{- x }}", "whitespace_control", 1, 1),
    ],
)
def test_what_is_not_of_the_language_is_refused_with_its_place(
    source: str, code: str, line: int, column: int
) -> None:
    with pytest.raises(TemplateError) as caught:
        compile_slot(Slot.TEXT, source)
    assert (caught.value.code, caught.value.line, caught.value.column) == (code, line, column)
    assert str(caught.value).endswith(".")


def test_misspelt_filter_names_the_nearest() -> None:
    with pytest.raises(TemplateError) as caught:
        compile_slot(Slot.TEXT, "{{ x | uper }}")
    assert "upper" in caught.value.hint


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{{ hostnam }}", "The record has hostname"),
        ("{{ server.cpux }}", "“server” has cpu"),
        ("{{ server.cpu.x }}", "“server.cpu” is a number"),
        ("{{ tags.name }}", "“tags” is a list of 2"),
        ("{{ tags[7].name }}", "“tags” is a list of 2"),
        ("{{ nothing.x }}", "“nothing” is null"),
        ("{{ hostname.x }}", "“hostname” is text"),
    ],
)
def test_missing_field_says_what_there_is(source: str, said: str) -> None:
    with pytest.raises(NodeError) as caught:
        value(source)
    assert caught.value.code == "missing_field"
    assert said.lower() in caught.value.message.lower()


def test_missing_field_lists_what_there_is() -> None:
    with pytest.raises(NodeError, match="hostnam") as caught:
        value("{{ hostnam }}")
    assert "hostname" in caught.value.message


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("{{ hostname + 1 }}", "wrong_type"),
        ("{{ active + 1 }}", "wrong_type"),
        ("{{ hostname * ram }}", "wrong_type"),
        ("{{ hostname % ram }}", "wrong_type"),
        ("{{ hostname < ram }}", "wrong_type"),
        ("{{ 1 / 0 }}", "division_by_zero"),
        ("{{ 9000000000000000000 * 9 }}", "number_too_large"),
        ("{{ 'x' | int }}", "wrong_type"),
        ("{{ ram | join }}", "wrong_type"),
        ("{{ ram | first }}", "wrong_type"),
        ("{{ 1 in ram }}", "wrong_type"),
    ],
)
def test_wrong_values_fail_the_step(source: str, code: str) -> None:
    with pytest.raises(NodeError) as caught:
        value(source)
    assert caught.value.code == code


def test_references_tell_their_place() -> None:
    source = "Hi {{ hostname }}, {{ server['my key'] | upper }} {{ gone.x | default(tags[0].name) }}"
    found = compile_slot(Slot.TEXT, source).references
    assert [source[reference.start : reference.end] for reference in found] == [
        "hostname",
        "server['my key']",
        "gone.x",
        "tags[0].name",
    ]
    assert [reference.path for reference in found] == [
        "hostname",
        "server['my key']",
        "gone.x",
        "tags.0.name",
    ]
    assert [reference.has_default for reference in found] == [False, False, True, False]


def test_field_named_record_goes_before_the_whole_record() -> None:
    assert value("{{ record.x }}", {"record": {"x": 1}, "x": 2}) == 1
    assert value("{{ record.x }}", {"x": 2}) == 2


def test_whole_record_is_a_value() -> None:
    assert value("{{ record }}", {"a": 1}) == {"a": 1}
