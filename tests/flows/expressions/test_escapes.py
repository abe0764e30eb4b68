"""Nothing gets out of a template, and nothing it does is expensive."""

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.expressions import TemplateError, compile_slot
from flows.expressions.scanner import MAX_TEMPLATE_CHARACTERS
from flows.expressions.values import MAX_OUTPUT_CHARACTERS
from flows.sdk import NodeError
from flows.sdk.config import Slot

MARKER = "marker-6b1f-in-process-globals"
LEAKS = ("<class", "<function", "object at 0x", "<bound method", "<built-in", MARKER)

ESCAPES = [
    "''.__class__.__mro__[1].__subclasses__()",
    "''['__class__']",
    "x|attr('__class__')",
    "x|attr('\\x5f\\x5fclass\\x5f\\x5f')",
    "x['\\x5f\\x5fclass\\x5f\\x5f']",
    "x[('__cla','ss__')|join]",
    "x['__cla' ~ 'ss__']",
    "self.__init__.__globals__",
    "self._TemplateReference__context",
    "cycler.__init__.__globals__.os.popen('id').read()",
    "lipsum.__globals__['os']",
    "joiner.__init__.__globals__",
    "namespace.__init__",
    "url_for.__globals__",
    "config.items()",
    "request.application",
    "get_flashed_messages.__globals__",
    "x.format",
    "'{0.__class__}'.format(x)",
    "'{0.__class__}' % x",
    "x.format_map",
    "'%s' % x",
    "'%(a)s' % d",
    "d.items",
    "d.items()",
    "d.keys",
    "d.get('a')",
    "d.pop('a')",
    "x.join",
    "x.encode",
    "x.upper()",
    "n.real",
    "n.bit_length()",
    "(1).__class__",
    "[].append",
    "[].__class__",
    "loop.index",
    "caller()",
    "varargs",
    "x|map('upper')|list",
    "d|dictsort",
    "d|xmlattr",
    "x|select('defined')|list",
    "x|pprint",
    "x|safe",
    "x|urlize",
    "d|map(attribute='__class__')",
    "[d]|map(attribute='__class__')|first",
    "[x]|map(attribute='__class__.__mro__')|join",
    "range(10)",
    "dict(a=1)",
    "super()",
    "true.__class__",
    "none.__class__",
    "x is callable",
    "x is filter('upper')",
    "d if d.__class__ else d",
    "d.a.b.c.__init__",
    '"a" "b".__class__',
]

EXPENSIVE = [
    "{{ 'a' * 999999999 }}",
    "{{ x * n }}",
    "{{ [0] * 999999999 }}",
    "{{ 9 ** 999999 }}",
    "{{ 9 ** 9 ** 9 }}",
    "{{ range(999999999) | join }}",
    "{{ '%0999999999d' % 1 }}",
    "{{ '{:>999999999}'.format(1) }}",
    "{{ x | center(999999999) }}",
    "{{ x | indent(999999999) }}",
    "{{ x | ljust(999999999) }}",
    "{{ big | replace('a', big) }}",
    "{{ big | replace('a', 'aaaaaaaaaaaaaaaaaaaa') }}",
    "{{ many | join(big) }}",
    "{{ " + "big ~ " * 100 + "big }}",
    "{{ big }}" * 50,
    "{{ huge | upper }}",
    "{{ huge }}{{ huge }}",
    "{{ big" + " | upper" * 35 + " }}",
    "{{ " + " ~ ".join(["(big | upper | length)"] * 60) + " }}",
    "{{ " + " and ".join(["big == twin"] * 90) + " }}",
    "{{ many | sort | unique | join | length }}" * 30,
    "{{ " + "(" * 2000 + "x" + ")" * 2000 + " }}",
    "{{ " + "not " * 4000 + "x }}",
    "{{ " + "-" * 5000 + "n }}",
    "{{ " + "[" * 3000 + "]" * 3000 + " }}",
    "{{ " + "x." * 4000 + "x }}",
    "{{ " + "1 + " * 4000 + "1 }}",
    "{{ x" + " if x else x" * 1500 + " }}",
    "{{ x" + " | upper" * 2000 + " }}",
    "{{ " + "9" * 5000 + " }}",
    "{{ 0x" + "f" * 5000 + " }}",
    "{{" * 8000,
    "{{ '" * 4000,
    '{{ "' + "\\" * 16000,
    "{{ x }" * 2700,
    "{" * 16000,
    "{{ x }}" * 2300,
]

RECORD: dict[str, Any] = {
    "x": "text",
    "n": 10**9,
    "d": {"a": 1},
    "big": "a" * 200_000,
    "twin": "a" * 199_999 + "b",
    "huge": "ß" * 1_000_000,
    "many": [str(number) for number in range(50_000)],
}


def outcome(source: str, slot: Slot = Slot.TEXT) -> Any:
    """What a template gives, or the error that it honestly is."""
    try:
        return compile_slot(slot, source).render(RECORD)
    except (TemplateError, NodeError) as error:
        return error


@pytest.mark.parametrize("expression", ESCAPES)
def test_escape_gives_nothing_of_python(expression: str) -> None:
    for slot in (Slot.TEXT, Slot.VALUE):
        found = outcome(f"{{{{ {expression} }}}}", slot)
        assert isinstance(found, TemplateError | NodeError | str | int | float | bool | list | dict | None)
        assert not any(leak in str(found) for leak in LEAKS)


@pytest.mark.parametrize("source", EXPENSIVE, ids=lambda source: source[:24])
def test_expensive_template_ends_soon_and_small(source: str) -> None:
    began = time.process_time()
    found = outcome(source[:MAX_TEMPLATE_CHARACTERS])
    assert time.process_time() - began < 1.0
    assert isinstance(found, Exception) or len(found) <= MAX_OUTPUT_CHARACTERS


@pytest.mark.parametrize("nested", ["(", "[", "-", "not ", "x[", "x|default("])
def test_deep_nesting_is_an_error_with_a_line(nested: str) -> None:
    with pytest.raises(TemplateError) as caught:
        compile_slot(Slot.TEXT, "a\n{{ " + nested * 5000 + " }}")
    assert caught.value.line in (1, 2)


def test_template_beyond_its_length_is_refused() -> None:
    with pytest.raises(TemplateError, match="characters"):
        compile_slot(Slot.TEXT, "{{ x }}" + "a" * MAX_TEMPLATE_CHARACTERS)


def test_json_cannot_multiply_a_value() -> None:
    with pytest.raises(NodeError, match="256 KiB"):
        compile_slot(Slot.JSON, ["{{ big }}"] * 50).render(RECORD)


WORDS = """
x n d big _ __class__ a.b ( ) [ ] { } . , : | ~ + - * / // % ** == != < > <= and or not in is if else true none 1 2.5
'a' "b" upper default join('a') map('a') replace('a','b') attr('a') defined {{ }} {% %} {# #} \\ ' " é \x00 \u2028
"""
tokens = st.sampled_from([*WORDS.split(), "\n"])


@given(st.lists(tokens, max_size=14))
@settings(max_examples=1500, deadline=None)
def test_random_templates_never_leak_nor_crash(parts: list[str]) -> None:
    for source in ("{{ " + " ".join(parts) + " }}", " ".join(parts)):
        assert not any(leak in str(outcome(source)) for leak in LEAKS)


@given(st.text(max_size=60))
@settings(max_examples=500, deadline=None)
def test_random_texts_never_crash(text: str) -> None:
    outcome(text)
    outcome("{{" + text + "}}")


@given(st.text(max_size=40))
def test_any_key_can_be_reached(key: str) -> None:
    if key.startswith("_") or any("\ud800" <= character <= "\udfff" for character in key):
        return
    quoted = key.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r")
    record = {"a": {key: "found"}}
    assert compile_slot(Slot.VALUE, f"{{{{ a['{quoted}'] }}}}").render(record) == "found"
