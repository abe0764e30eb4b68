"""What a reviewer fills in, checked against the form of the task.

A field of a form is `{"name", "label", "kind", "required", "choices", "least", "most"}`; the kinds are in `CHECKS`.
`least` and `most` bound a number, or the length of a text.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from common.problems import Problem, bad_value

MOST_TEXT = 10_000
EXACT = 2**53


def checked(form: Sequence[Mapping[str, Any]], values: Mapping[str, Any] | None) -> dict[str, Any]:
    """The values by name, every field of the form among them; null where nothing was filled in.

    Raises:
        Problem: 400 `unknown_field`, `required`, `bad_answer`, each with its field.
    """
    given = dict(values or {})
    names = [field["name"] for field in form]
    for name in given:
        if name not in names:
            known = f"There is: {', '.join(names)}." if names else "This task has no form."
            raise bad_value(
                "unknown_field", f"The form has no field {name[:80]!r}.", hint=known, field=name[:80]
            )
    return {field["name"]: _checked(field, given.get(field["name"])) for field in form}


def from_texts(form: Sequence[Mapping[str, Any]], texts: Mapping[str, str]) -> dict[str, Any]:
    """What a page's form sent, by name, as the values that `checked` takes. What cannot be read stays a text."""
    return {field["name"]: _read(field["kind"], texts.get(field["name"], "").strip()) for field in form}


def _read(kind: str, text: str) -> Any:
    if kind == "yes_no":
        return {"true": True, "on": True, "false": False}.get(text.lower(), text or None)
    if kind == "number" and text:
        try:
            return int(text) if text.lstrip("-").isdigit() else float(text)
        except ValueError:
            return text
    return text or None


def _checked(field: Mapping[str, Any], value: Any) -> Any:
    if value is None or value == "":
        if field.get("required"):
            raise _bad(field, "required", "Fill this in")
        return None
    fault = CHECKS[field["kind"]](field, value)
    if fault:
        raise _bad(field, "bad_answer", fault)
    return value


def _bad(field: Mapping[str, Any], code: str, what: str) -> Problem:
    label = field.get("label") or field["name"]
    return bad_value(code, f"{label}: {what[0].lower()}{what[1:]}.", field=field["name"])


def _text(field: Mapping[str, Any], value: Any) -> str:
    if not isinstance(value, str) or "\0" in value:
        return "Write a text"
    least, most = int(field.get("least") or 0), int(field.get("most") or MOST_TEXT)
    if not least <= len(value) <= most:
        return f"Write {least} to {most} characters"
    return ""


def _number(field: Mapping[str, Any], value: Any) -> str:
    # Beyond 2^53 the same digits mean different numbers to different readers.
    if isinstance(value, bool) or not isinstance(value, int | float) or not -EXACT <= value <= EXACT:
        return "Write a number"
    least, most = field.get("least"), field.get("most")
    if least is not None and value < least:
        return f"Write {least:g} or more"
    if most is not None and value > most:
        return f"Write {most:g} or less"
    return ""


def _choice(field: Mapping[str, Any], value: Any) -> str:
    choices = field.get("choices") or []
    return "" if value in choices else f"Choose one of {', '.join(map(str, choices))}"


def _yes_no(field: Mapping[str, Any], value: Any) -> str:
    return "" if isinstance(value, bool) else "Choose yes or no"


def _date(field: Mapping[str, Any], value: Any) -> str:
    try:
        is_date = isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        is_date = False
    return "" if is_date else "Write a date such as 2026-03-29"


CHECKS = {"text": _text, "number": _number, "choice": _choice, "yes_no": _yes_no, "date": _date}
"""What is wrong with a value, by kind of field; nothing when it is as it should be."""
