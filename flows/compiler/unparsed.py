"""Text that was typed where JSON belongs and is none yet: the drawing keeps it, and says what to mend.

The editor stores such a text as `{"$unparsed": "…"}` in the place of the value, so that nothing typed is lost.
"""

import re
from collections.abc import Iterator

from common import strict_json
from flows.sdk.json_types import Json

UNPARSED = "$unparsed"

_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"')
_TEMPLATE = re.compile(r"\{\{[^{}\n]{0,200}\}\}")
_WORD = re.compile(r"(?<![\w.$-])(?!(?:true|false|null)\b)[A-Za-z_][\w.-]{0,100}")


def unparsed_texts(value: Json, path: str = "") -> Iterator[tuple[str, str]]:
    """Every such text inside a value, with its dotted path."""
    pending: list[tuple[str, Json]] = [(path, value)]
    while pending:
        here, found = pending.pop()
        text = _text_of(found)
        if text is not None:
            yield here, text
        elif isinstance(found, dict):
            pending += [(f"{here}.{key}" if here else key, entry) for key, entry in found.items()]
        elif isinstance(found, list):
            pending += [
                (f"{here}.{place}" if here else str(place), entry) for place, entry in enumerate(found)
            ]


def without_unparsed(value: Json) -> Json:
    """The value as if such texts had not been typed: keys that hold one are left out."""
    if isinstance(value, dict):
        return {key: without_unparsed(entry) for key, entry in value.items() if _text_of(entry) is None}
    if isinstance(value, list):
        return [without_unparsed(entry) for entry in value if _text_of(entry) is None]
    return value


def fault_of(text: str) -> tuple[str, str]:
    """What is wrong with the text as JSON, and what to do about it."""
    try:
        strict_json.loads(text.encode(errors="replace"))
    except strict_json.BadJson as error:
        return f"is not JSON yet: {str(error).rstrip('.')}.", _hint(text)
    return "was not read as JSON yet.", "Change it in the editor, or write it as a value instead of a text."


def _text_of(value: Json) -> str | None:
    if isinstance(value, dict) and len(value) == 1:
        text = value.get(UNPARSED)
        return text if isinstance(text, str) else None
    return None


def _hint(text: str) -> str:
    outside = _STRING.sub(lambda found: '"' + " " * (len(found[0]) - 2) + '"', text)
    template = _TEMPLATE.search(outside)
    if template is not None:
        return f'Put {template[0]} in double quotes: "{template[0]}". Alone in its quotes it keeps its type.'
    if "'" in outside:
        return "Write double quotes instead of single ones."
    if re.search(r",\s*[}\]]", outside):
        return "Take away the comma before the closing bracket."
    word = _WORD.search(outside)
    if word is not None:
        return f'Put {word[0]} in double quotes: "{word[0]}".'
    if outside.count('"') % 2:
        return "A text is not closed: add the double quote that is missing."
    return "Look at the commas, brackets and double quotes there."
