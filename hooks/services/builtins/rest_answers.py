"""What `execute_as_workflow` makes of an answer: read it, hold it against what is expected, and keep parts of it.

Source of the rules and texts: the documentation of Cloudify's REST SDK, versions 1 to 3 of its translations.
"""

import json
from collections.abc import Mapping
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree as guarded
from defusedxml.common import DefusedXmlException

from common.http import HttpAnswer
from common.strict_json import BadJson, loads
from flows.sdk import Json, JsonObject, NodeError
from flows.sdk.paths import MISSING, child
from flows.sdk.patterns import found
from hooks.services.builtins.rest_template import Format, bad_template

MOST_ITEMS: Final = 10_000
MOST_DEPTH: Final = 60


def read_answer(answer: HttpAnswer, wanted: Format) -> Json:
    """The body as the call wants it; null for `raw`.

    Raises:
        NodeError: `bad_answer`.
    """
    kind = answer.headers.get("content-type", "").lower()
    if wanted == "auto":
        wanted = "json" if "json" in kind else "xml" if "xml" in kind else "text"
    if wanted == "raw":
        return None
    if wanted == "text" or not answer.body.strip():
        return answer.text
    try:
        return loads(answer.body) if wanted == "json" else _of_xml(guarded.fromstring(answer.body), 0)
    except (BadJson, ParseError, DefusedXmlException, ValueError) as error:
        raise NodeError("bad_answer", f"The answer is no {wanted.upper()} that can be read.") from error


def check_answer(body: Json, rules: list[Any] | None, *, is_expected: bool) -> None:
    """Hold it against the rules: each a path with a pattern behind it.

    Raises:
        NodeError: `unexpected_answer`, retryable when something else was expected, and not when the rules give up.
    """
    if not rules:
        return
    if isinstance(rules[0], list):
        for rule in rules:
            check_answer(body, rule, is_expected=is_expected)
        return
    *path, pattern = rules
    value = _at(body, path)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    matches = found(rf"\A(?:{pattern})", text)
    if is_expected and not matches:
        message = f"Response value:{text[:200]} does not match regexp: {pattern} from response_expectation"
        raise NodeError("unexpected_answer", message, retryable=True)
    if matches and not is_expected:
        message = f"Response value:{text[:200]} matches regexp:{pattern} from nonrecoverable_response."
        raise NodeError("unexpected_answer", message)


def translate(body: Json, rules: Any, version: str, kept: JsonObject) -> None:
    """Keep parts of the body as the rules say.

    Raises:
        NodeError: `unexpected_answer`: what a rule names is not there; `bad_template`.
    """
    if not rules:
        return
    try:
        if version == "v2" or (version == "auto" and _is_v2(rules)):
            for source, target in rules:
                _translate_each(body, source, target, kept)
        elif version == "v3":
            for name, path in rules.items():
                kept[name] = _at(body, path)
        else:
            _translate_tree(body, rules, kept)
    except (TypeError, ValueError, AttributeError, IndexError) as error:
        raise bad_template("response_translation has none of the forms that are known.") from error


def _translate_tree(body: Json, rules: Any, kept: JsonObject) -> None:
    """Version 1: the shape of the body, with paths at its leaves."""
    if isinstance(rules, dict):
        for key, below in rules.items():
            _translate_tree(_at(body, [key]), below, kept)
    elif isinstance(rules, list) and any(isinstance(one, list | dict) for one in rules):
        for place, below in enumerate(rules):
            _translate_tree(_at(body, [place]), below, kept)
    elif rules:
        _put(kept, rules, body)


def _translate_each(body: Json, source: list[Any], target: list[Any], kept: JsonObject) -> None:
    """Version 2: from one path to another; a list within the paths stands for every element."""
    place = next((number for number, key in enumerate(source) if isinstance(key, list)), None)
    if place is None:
        _put(kept, target, _at(body, source))
        return
    items = _at(body, source[:place])
    if not isinstance(items, list) or len(items) > MOST_ITEMS:
        raise bad_template(f"There is no list at {source[:place]!r}.")
    within = target[-1] if target and isinstance(target[-1], list) else []
    before = target[:-1] if within else target
    for number, item in enumerate(items):
        _translate_each(item, [*source[place], *source[place + 1 :]], [*before, number, *within], kept)


def _is_v2(rules: Any) -> bool:
    first = rules[0] if isinstance(rules, list) else None
    return isinstance(first, list) and len(first) == 2 and all(isinstance(one, list) for one in first)


def _at(body: Json, path: list[Any]) -> Json:
    for key in path:
        body = child(body, key)
        if body is MISSING:
            message = f"No key or index {key!r} in the answer."
            raise NodeError("unexpected_answer", message, retryable=True)
    return body


def _put(kept: Any, path: list[Any], value: Json) -> None:
    """Put a value at a path; objects and lists on the way are made."""
    for key, following in zip(path, [*path[1:], None], strict=True):
        if isinstance(kept, list):
            kept.extend(None for _ in range(key + 1 - len(kept)))
        if following is None:
            kept[key] = value
            return
        below = kept[key] if isinstance(kept, list) else kept.get(key)
        if not isinstance(below, list | dict):
            below = kept[key] = [] if isinstance(following, int) else {}
        kept = below


def _of_xml(element: Element, depth: int) -> Json:
    """As xmltodict writes it: attributes as `@name`, text as `#text`, what is there several times as a list."""
    if depth > MOST_DEPTH:
        raise ValueError("too deep")
    return {element.tag: _content(element, depth)}


def _content(element: Element, depth: int) -> Json:
    if depth > MOST_DEPTH:
        raise ValueError("too deep")
    out: dict[str, Any] = {f"@{name}": value for name, value in element.attrib.items()}
    for below in element:
        value = _content(below, depth + 1)
        if below.tag not in out:
            out[below.tag] = value
        elif isinstance(out[below.tag], list):
            out[below.tag].append(value)
        else:
            out[below.tag] = [out[below.tag], value]
    text = (element.text or "").strip()
    if not out:
        return text or None
    return {**out, "#text": text} if text else out


def told(calls: list[Mapping[str, Json]], kept: JsonObject, *, is_short: bool) -> JsonObject:
    """The result of the original: what was kept, and beside it which calls were made."""
    return kept if is_short else {"result_properties": kept, "calls": list(calls)}
