"""What strict JSON lets through means the same to everyone; what it refuses says where."""

import json
import math
import time
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from common import json_scanner, strict_json
from common.json_scanner import Limits, scan
from common.strict_json import BadJson, dumps, loads

numbers = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
texts = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), max_size=20)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(texts, inner, max_size=6),
    max_leaves=30,
)


def same(one: Any, other: Any) -> bool:
    """Equal in value and in the types that JSON tells apart."""
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
    if type(one) is float and type(other) is float:
        return one == other or math.isclose(one, other, rel_tol=1e-15)
    return type(one) is type(other) and one == other


@given(values, st.booleans(), st.sampled_from([None, 1, 4]))
@example({"a": ":b", ":": ": "}, True, None)
@example([-0.0, 1e300, 2**63 - 1, -(2**63)], False, None)
def test_good_json_reads_as_json_module_reads_it(value: Any, is_ascii: bool, indent: int | None) -> None:
    raw = json.dumps(value, ensure_ascii=is_ascii, indent=indent).encode()
    assert same(loads(raw), json.loads(raw))
    assert same(scan(raw, Limits()), json.loads(raw))


@given(st.binary(max_size=40) | st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass")))
@settings(max_examples=300)
def test_any_bytes_give_a_value_or_a_located_error(raw: bytes) -> None:
    try:
        value = loads(raw)
    except BadJson as error:
        place = (error.status, error.line >= 1, error.column >= 1)
    else:
        place = (400, True, True)
        assert same(value, json.loads(raw))
    assert place == (400, True, True)


@given(st.text(alphabet='{}[]":,01-.eE+ \n\\u0dDcC8ntrfalsx', max_size=30))
@settings(max_examples=500)
def test_what_the_json_module_refuses_is_refused(text: str) -> None:
    try:
        expected = json.loads(text)
    except ValueError:
        with pytest.raises(BadJson):
            loads(text.encode())
        return
    code = _code_of(text.encode())
    if code:
        allowed = {"duplicate_key", "lone_surrogate", "number_out_of_range", "nul_character"}
        assert code in allowed or "N" in text or "I" in text
    else:
        assert same(loads(text.encode()), expected)


def _code_of(raw: bytes) -> str:
    try:
        loads(raw)
    except BadJson as error:
        return error.code
    return ""


@given(values, st.data())
def test_fast_and_careful_parser_agree_on_spaced_text(value: Any, data: st.DataObject) -> None:
    separators = data.draw(st.sampled_from([(",", ":"), (", ", ": "), (" ,\n", " : "), ("\t,", "\n:")]))
    raw = json.dumps(value, separators=separators).encode()
    assert same(loads(raw), scan(raw, Limits()))


@pytest.mark.parametrize(
    ("raw", "code", "line", "column", "path"),
    [
        (b"", "empty_json", 1, 1, ""),
        (b"  \n ", "empty_json", 2, 2, ""),
        (b'{"a":1,"a":2}', "duplicate_key", 1, 8, ""),
        (b'{"a":1,"\\u0061":2}', "duplicate_key", 1, 8, ""),
        (b'{"n":[{"a" :1,\n "a":2}]}', "duplicate_key", 2, 2, "n[0]"),
        (b'{"a":":x","b":{"c":1,"c":2}}', "duplicate_key", 1, 22, "b"),
        (b'["\\ud800"]', "lone_surrogate", 1, 2, "[0]"),
        (b'["\\udc00\\ud800"]', "lone_surrogate", 1, 2, "[0]"),
        (b'{"a":"x\\u0000"}', "nul_character", 1, 6, "a"),
        (b'{"a":"x\x00"}', "nul_character", 1, 8, "a"),
        (b'{"a":"x\ty"}', "bad_json", 1, 8, "a"),
        (b"[9223372036854775808]", "number_out_of_range", 1, 2, "[0]"),
        (b"[-9223372036854775809]", "number_out_of_range", 1, 2, "[0]"),
        (b"[18446744073709551615]", "number_out_of_range", 1, 2, "[0]"),
        (b"[1e400]", "number_out_of_range", 1, 2, "[0]"),
        (b"[" + b"9" * 5000 + b"]", "number_out_of_range", 1, 2, "[0]"),
        (b"[NaN]", "bad_json", 1, 2, "[0]"),
        (b"[Infinity]", "bad_json", 1, 2, "[0]"),
        (b"[-Infinity]", "bad_json", 1, 2, "[0]"),
        (b"[01]", "bad_json", 1, 2, "[0]"),
        (b"[1.]", "bad_json", 1, 2, "[0]"),
        (b"[+1]", "bad_json", 1, 2, "[0]"),
        (b"[1,]", "bad_json", 1, 4, "[1]"),
        (b'{"a":1,}', "bad_json", 1, 8, ""),
        (b"{'a':1}", "bad_json", 1, 2, ""),
        (b"[1] // no", "bad_json", 1, 5, ""),
        (b'["\\x41"]', "bad_json", 1, 3, "[0]"),
        (b'["open', "bad_json", 1, 2, "[0]"),
        (b'\xef\xbb\xbf{"a":1}', "bad_json", 1, 1, ""),
        (b'["\xff"]', "not_utf8", 1, 3, ""),
        (b'["\xed\xa0\x80"]', "not_utf8", 1, 3, ""),
        ("[1]".encode("utf-16"), "not_utf8", 1, 1, ""),
        ("[1]".encode("utf-16-le"), "bad_json", 1, 2, "[0]"),
        (b"[" * 65 + b"]" * 65, "too_deep", 1, 65, "[0]" * 64),
        (b"[" * 100_000, "too_deep", 1, 65, "[0]" * 64),
    ],
)
def test_error_is_located(raw: bytes, code: str, line: int, column: int, path: str) -> None:
    with pytest.raises(BadJson) as caught:
        loads(raw)
    found = caught.value
    assert (found.code, found.line, found.column, found.path) == (code, line, column, path)
    assert found.hint
    assert found.as_json()["line"] == line


def test_nesting_up_to_the_limit_passes() -> None:
    raw = b"[" * 64 + b"]" * 64
    assert loads(raw) == json.loads(raw)
    full = b"[" * 64 + b"1" + b"]" * 64
    assert loads(full) == json.loads(full)


def test_number_of_values_is_limited() -> None:
    raw = b"[" + b"1," * 30_000 + b"1]"
    with pytest.raises(BadJson, match="more than 20000 values"):
        loads(raw)
    assert len(loads(raw, max_nodes=40_000)) == 30_001


def test_length_of_texts_and_keys_is_limited() -> None:
    with pytest.raises(BadJson) as caught:
        loads(b'["' + b"x" * 101 + b'"]', max_string=100)
    assert caught.value.code == "string_too_long"
    with pytest.raises(BadJson):
        loads(b'{"' + b"x" * 101 + b'":1}', max_string=100)
    assert loads(b'["' + b"x" * 60 + b'","' + b"x" * 60 + b'"]', max_string=100) == ["x" * 60] * 2


@pytest.mark.parametrize("key", ["__proto__", "constructor", "prototype", "\\u005f_proto__"])
@pytest.mark.parametrize("form", ['{"%s":1}', '{"a":[{"%s":1}]}', '{"a":{"b":{"%s" :{}}}}'])
def test_prototype_keys_are_refused_on_demand(key: str, form: str) -> None:
    raw = (form % key).encode()
    loads(raw)
    with pytest.raises(BadJson) as caught:
        loads(raw, forbid_prototype_keys=True)
    assert caught.value.code == "forbidden_key"


def test_event_is_read_quickly() -> None:
    event = {"type": "server.created", "payload": {f"field_{n}": [n, f"12:30 {n}", None] for n in range(40)}}
    raw = dumps(event)
    assert 1000 < len(raw) < 1600
    best = min(_seconds(raw) for _ in range(20))
    assert best < 60e-6, f"{best * 1e6:.0f} µs"


def _seconds(raw: bytes) -> float:
    began = time.thread_time()
    for _ in range(50):
        loads(raw)
    return (time.thread_time() - began) / 50


@given(values)
def test_written_json_reads_back(value: Any) -> None:
    assert same(loads(dumps(value)), json.loads(json.dumps(value)))


def test_writing_refuses_what_json_cannot_hold() -> None:
    for value in (2**64, {1: 2}, object(), "\ud800"):
        with pytest.raises(TypeError):
            dumps(value)
    assert dumps({"b": 1, "a": 2}, sort_keys=True) == b'{"a":2,"b":1}'


@pytest.mark.parametrize("space", [" ", "\n", "\t ", "\r\n"])
def test_space_before_colons_costs_no_slow_parse(space: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strict_json, "scan", lambda *_: pytest.fail("The careful parser was asked."))
    raw = "{" + ",".join(f'"k{number}"{space}:{number}' for number in range(1000)) + "}"
    assert loads(raw.encode()) == json.loads(raw)
    assert loads(f'{{"a"{space}: {{"b": ["x"]}}}}'.encode()) == {"a": {"b": ["x"]}}


@pytest.mark.parametrize("space", ["", " ", "\n"])
def test_a_key_that_comes_twice_is_found_whatever_stands_before_the_colon(space: str) -> None:
    with pytest.raises(BadJson) as caught:
        loads(f'{{"a"{space}: 1, "b": "\\":", "a" : 2}}'.encode())
    assert caught.value.code == "duplicate_key"


def test_far_too_many_values_are_refused_without_the_slow_parse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strict_json, "scan", lambda *_: pytest.fail("The careful parser was asked."))
    raw = b"[" + b",".join([b'"a,\\",b"'] * 60_000) + b"]"
    with pytest.raises(BadJson) as caught:
        loads(raw, max_nodes=50_000)
    assert caught.value.code == "too_many_values"


def test_commas_inside_of_long_texts_are_no_values() -> None:
    raw = json.dumps({"a": ",[{" * 200_000, "b": [1, 2]}).encode()
    assert loads(raw, max_nodes=10) == json.loads(raw)


@pytest.mark.parametrize("piece", ["x", "\\n", "x\\n", "\\\\", "\\u00e9", "\\ud83d\\ude00", "é"])
def test_long_texts_are_read_in_parts_and_mean_the_same(piece: str) -> None:
    raw = ('["a' + piece * 3_000 + '", 1, 1]').encode()
    value = json.loads(raw)
    assert scan(raw, Limits()) == value
    with pytest.raises(BadJson) as caught:
        scan(raw.replace(b'", 1', b'\\q", 1'), Limits())
    assert caught.value.column == len('["a' + piece * 3_000) + 1


@pytest.mark.parametrize("piece", ["\\n", "x\\n", '\\",', "\\u00e9"])
def test_no_search_goes_over_megabytes_of_escapes(piece: str) -> None:
    text = piece * 100_000
    for part in (strict_json._TEXT_PART.match(text.encode()), json_scanner._TEXT_PART.match(text)):
        assert part is not None
        assert 0 < part.end() < 10_000
