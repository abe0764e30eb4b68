"""A careful JSON parser: slower than the C ones, but it knows where it is and says what is wrong there."""

import re
from dataclasses import dataclass
from typing import Any, Final

from common.problems import Problem


@dataclass(frozen=True, slots=True)
class Limits:
    """What a JSON text may measure: nesting, values, characters of a text; and keys it may not have."""

    depth: int = 64
    nodes: int = 20_000
    string: int = 1_048_576
    forbidden_keys: frozenset[str] = frozenset()


class BadJson(Problem):
    """A JSON text that is refused; answers 400.

    Args:
        code: such as `bad_json`, `duplicate_key`, `too_deep`.
        message: one sentence without the place.
        hint: what to do about it.
        line: from 1.
        column: from 1, in characters.
        path: where in the value, such as `nodes[3].config`; empty for the root.
    """

    def __init__(self, code: str, message: str, hint: str, *, line: int, column: int, path: str) -> None:
        place = f"line {line}, column {column}" + (f" ({path})" if path else "")
        super().__init__(
            400,
            code,
            f"{message} It is at {place}.",
            hint=hint,
            field=path or None,
            extra={"line": line, "column": column},
        )
        self.line = line
        self.column = column
        self.path = path


_SPACE: Final = re.compile(r"[ \t\n\r]*")
_TEXT_PART: Final = re.compile(r'(?:[^"\\\x00-\x1f]{1,65536}+|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})){0,1024}+')
"""Of what lies between quotes: one search over megabytes of escapes would hold up all other threads for a second."""
_ESCAPE: Final = re.compile(
    r"\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))"
)
_NUMBER: Final = re.compile(r"(-?(?:0|[1-9][0-9]*))(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_WORDS: Final = (("true", True), ("false", False), ("null", None))
_SIMPLE_ESCAPES: Final = {
    '"': '"',
    "\\": "\\",
    "/": "/",
    "b": "\b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
}
_AFTER_NUMBER: Final = frozenset(" \t\n\r,]}")
_MAX_DIGITS: Final = 400


def scan(raw: bytes, limits: Limits) -> Any:
    """Parse one JSON text.

    Raises:
        BadJson: with line, column and path.
    """
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8")
        problem = ("not_utf8", "The text is not UTF-8.", "Send JSON as UTF-8 bytes.")
        raise _at(before, len(before), [], problem) from None
    return _Scanner(text, limits).document()


def _at(text: str, position: int, path: list[str | int], problem: tuple[str, str, str]) -> BadJson:
    line = text.count("\n", 0, position) + 1
    column = position - (text.rfind("\n", 0, position) + 1) + 1
    return BadJson(*problem, line=line, column=column, path=_path_text(path))


def _path_text(path: list[str | int]) -> str:
    parts = [f"[{part}]" if isinstance(part, int) else f".{part[:60]}" for part in path]
    return "".join(parts).removeprefix(".")[:500]


class _Scanner:
    """One pass over one text. Recursion is as deep as `limits.depth`."""

    def __init__(self, text: str, limits: Limits) -> None:
        self.text = text
        self.limits = limits
        self.position = 0
        self.nodes = 0
        self.path: list[str | int] = []

    def document(self) -> Any:
        """The whole text as one value."""
        if self.text.startswith("\ufeff"):
            raise self._problem("bad_json", "The text begins with a byte order mark.", "Send it without one.")
        self._skip_space()
        if self.position == len(self.text):
            raise self._problem("empty_json", "The text is empty.", "Send a JSON value.")
        value = self._value(0)
        self._skip_space()
        if self.position != len(self.text):
            raise self._problem("bad_json", "There is more text after the JSON value.", "Send one value.")
        return value

    def _problem(self, code: str, message: str, hint: str, position: int | None = None) -> BadJson:
        where = self.position if position is None else position
        return _at(self.text, where, self.path, (code, message, hint))

    def _skip_space(self) -> None:
        match = _SPACE.match(self.text, self.position)
        if match:
            self.position = match.end()

    def _peek(self) -> str:
        return self.text[self.position : self.position + 1]

    def _value(self, depth: int) -> Any:
        self.nodes += 1
        if self.nodes > self.limits.nodes:
            raise self._problem(
                "too_many_values", f"There are more than {self.limits.nodes} values.", "Send less at once."
            )
        first = self._peek()
        if first == '"':
            return self._string()
        if first in ("{", "["):
            if depth >= self.limits.depth:
                raise self._problem(
                    "too_deep", f"The nesting is deeper than {self.limits.depth}.", "Send a flatter value."
                )
            self.position += 1
            return self._object(depth + 1) if first == "{" else self._array(depth + 1)
        for word, meaning in _WORDS:
            if self.text.startswith(word, self.position):
                self.position += len(word)
                return meaning
        return self._number()

    def _object(self, depth: int) -> dict[str, Any]:
        members: dict[str, Any] = {}
        self._skip_space()
        if self._closes("}"):
            return members
        while True:
            self._member(members, depth)
            if self._closes("}"):
                return members
            self._expect(",", "a comma or }")
            self._skip_space()

    def _member(self, members: dict[str, Any], depth: int) -> None:
        start = self.position
        if self._peek() != '"':
            raise self._problem(
                "bad_json", "A key in double quotes is missing.", "Check the braces and commas."
            )
        key = self._string()
        if key in members:
            raise self._problem(
                "duplicate_key",
                f"The key {key[:60]!r} comes twice in one object.",
                "Leave one of them.",
                start,
            )
        if key in self.limits.forbidden_keys:
            raise self._problem(
                "forbidden_key", f"The key {key!r} is not allowed.", "Rename or remove it.", start
            )
        self._skip_space()
        self._expect(":", "a colon")
        self._skip_space()
        self.path.append(key)
        members[key] = self._value(depth)
        self.path.pop()
        self._skip_space()

    def _array(self, depth: int) -> list[Any]:
        items: list[Any] = []
        self._skip_space()
        if self._closes("]"):
            return items
        while True:
            self.path.append(len(items))
            items.append(self._value(depth))
            self.path.pop()
            self._skip_space()
            if self._closes("]"):
                return items
            self._expect(",", "a comma or ]")
            self._skip_space()

    def _closes(self, bracket: str) -> bool:
        if self._peek() != bracket:
            return False
        self.position += 1
        return True

    def _expect(self, character: str, wanted: str) -> None:
        if not self._closes(character):
            raise self._problem(
                "bad_json", f"There should be {wanted} here.", "Check the commas and brackets."
            )

    def _string(self) -> str:
        end = self._end_of_text()
        if self.text[end : end + 1] != '"':
            raise self._bad_string(end)
        body = self.text[self.position + 1 : end]
        value = self._unescape(body) if "\\" in body else body
        if len(value) > self.limits.string:
            raise self._problem(
                "string_too_long", f"A text is longer than {self.limits.string} characters.", "Shorten it."
            )
        self.position = end + 1
        return value

    def _end_of_text(self) -> int:
        """Where what a text may hold ends; there should be its quote."""
        end = self.position + 1
        while (part := _TEXT_PART.match(self.text, end)) and part.end() > end:
            end = part.end()
        return end

    def _bad_string(self, end: int) -> BadJson:
        if end == len(self.text):
            return self._problem("bad_json", "A text is not closed.", "Add the closing quote.")
        if self.text[end] == "\x00":
            return self._problem("nul_character", "A text contains NUL.", "Remove the character.", end)
        if self.text[end] < " ":
            return self._problem("bad_json", "A text contains a control character.", "Escape it.", end)
        return self._problem(
            "bad_json", "A text contains an escape that JSON does not have.", "Correct it.", end
        )

    def _unescape(self, body: str) -> str:
        def plain(match: re.Match[str]) -> str:
            high, low, single, simple = match.groups()
            if simple:
                return _SIMPLE_ESCAPES[simple]
            if high:
                return chr(0x10000 + ((int(high, 16) - 0xD800) << 10) + (int(low, 16) - 0xDC00))
            code = int(single, 16)
            if code == 0:
                raise self._problem("nul_character", "A text contains NUL.", "Remove the character.")
            if 0xD800 <= code <= 0xDFFF:
                raise self._problem(
                    "lone_surrogate", "A text contains half of a surrogate pair.", "Send both halves or none."
                )
            return chr(code)

        return _ESCAPE.sub(plain, body)

    def _number(self) -> int | float:
        match = _NUMBER.match(self.text, self.position)
        if match is None or self.text[match.end() : match.end() + 1] not in ("", *_AFTER_NUMBER):
            raise self._problem(
                "bad_json", "There should be a JSON value here.", "Check the quotes and commas."
            )
        whole, fraction, exponent = match.groups()
        number: int | float
        if len(match.group()) > _MAX_DIGITS:
            raise self._out_of_range()
        if fraction is None and exponent is None:
            number = int(whole)
            if not -(2**63) <= number < 2**63:
                raise self._out_of_range()
        else:
            number = float(match.group())
            if number in (float("inf"), float("-inf")):
                raise self._out_of_range()
        self.position = match.end()
        return number

    def _out_of_range(self) -> BadJson:
        return self._problem(
            "number_out_of_range", "A number does not fit into 64 bits.", "Send such numbers as text."
        )
