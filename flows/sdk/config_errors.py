"""What pydantic finds wrong with a config or a document, in plain sentences, each with its place."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from flows.sdk.config_fields import ConfigField
from flows.sdk.fields import Suggestions, names_text, type_name
from flows.sdk.json_types import JsonObject

MAX_KEY_SHOWN: Final = 100


@dataclass(frozen=True, slots=True)
class LocatedError:
    """What is wrong, and where.

    Args:
        path: dotted, such as `nodes.3.settings.timeout`; empty for the whole.
        code: snake case; never changes.
        message: one sentence.
        hint: what to do about it.
    """

    path: str
    code: str
    message: str
    hint: str = ""

    def to_json(self) -> JsonObject:
        """As an API's answer lists it."""
        return {"field": self.path, "code": self.code, "message": self.message, "hint": self.hint}


_SENTENCES: Final = {
    "missing": ("missing_value", "“{label}” is missing.", "Fill it in."),
    "string_type": ("wrong_type", "“{label}” must be text.", "Write it as text."),
    "int_type": ("wrong_type", "“{label}” must be a whole number.", "Write digits only."),
    "int_parsing": ("wrong_type", "“{label}” must be a whole number.", "Write digits only."),
    "int_from_float": ("wrong_type", "“{label}” must be a whole number.", "Leave out the fraction."),
    "float_type": ("wrong_type", "“{label}” must be a number.", "Write digits only."),
    "float_parsing": ("wrong_type", "“{label}” must be a number.", "Write digits only."),
    "bool_type": ("wrong_type", "“{label}” must be on or off.", "Choose one."),
    "bool_parsing": ("wrong_type", "“{label}” must be on or off.", "Choose one."),
    "list_type": ("wrong_type", "“{label}” must be a list.", "Write it as [ … ]."),
    "tuple_type": ("wrong_type", "“{label}” must be a list.", "Write it as [ … ]."),
    "dict_type": ("wrong_type", "“{label}” must be names with values.", "Write it as {{ … }}."),
    "model_type": ("wrong_type", "“{label}” must be a group of fields.", "Write it as {{ … }}."),
    "dataclass_type": ("wrong_type", "“{label}” must be a group of fields.", "Write it as {{ … }}."),
    "literal_error": ("unknown_choice", "“{label}” has no choice {input}.", "Choose {expected}."),
    "enum": ("unknown_choice", "“{label}” has no choice {input}.", "Choose {expected}."),
    "string_too_long": ("too_long", "“{label}” is too long.", "At most {max_length} characters."),
    "string_too_short": ("too_short", "“{label}” is too short.", "At least {min_length} characters."),
    "too_long": ("too_many", "“{label}” has too many entries.", "At most {max_length}."),
    "too_short": ("too_few", "“{label}” has too few entries.", "At least {min_length}."),
    "greater_than_equal": ("out_of_range", "“{label}” is too small.", "It must be at least {ge}."),
    "greater_than": ("out_of_range", "“{label}” is too small.", "It must be more than {gt}."),
    "less_than_equal": ("out_of_range", "“{label}” is too large.", "It must be at most {le}."),
    "less_than": ("out_of_range", "“{label}” is too large.", "It must be less than {lt}."),
    "string_pattern_mismatch": ("wrong_format", "“{label}” is not in the right form.", ""),
}
_OF_NO_KEY: Final = frozenset({"extra_forbidden", "unexpected_keyword_argument"})


def located_errors(
    errors: Iterable[ErrorDetails], config: ConfigField, suggestions: Suggestions | None = None
) -> Iterator[LocatedError]:
    """What pydantic found. A validator's own PydanticCustomError brings its code, a `hint`, and a sentence in which
    `{label}` is what the form calls the field.
    """
    suggestions = suggestions or Suggestions()
    for error in errors:
        path, label, holder = _place([str(step) for step in error["loc"]], config)
        kind, context = error["type"], error.get("ctx") or {}
        if kind in _OF_NO_KEY:
            key = str(error["loc"][-1])
            near = suggestions.nearest(key, holder.fields)
            known = names_text(holder.fields)
            hint = (
                f"Did you mean “{near}”?"
                if near
                else f"Remove it. There is {known}."
                if known
                else "Remove it."
            )
            yield LocatedError(path, "unknown_key", f"There is no field “{key[:MAX_KEY_SHOWN]}”.", hint)
        elif kind in _SENTENCES:
            values = {key: _plain(value) for key, value in context.items()}
            values |= {"label": label, "input": _shown(error.get("input"))}
            code, message, hint = (text.format_map(values) for text in _SENTENCES[kind])
            yield LocatedError(path, code, message, hint)
        elif "hint" in context:
            yield LocatedError(path, kind, error["msg"].replace("{label}", label), str(context["hint"]))
        elif kind == "value_error":
            said = error["msg"].removeprefix("Value error, ")
            yield LocatedError(path, "wrong_value", f"“{label}” is not right.", said)
        else:
            yield LocatedError(path, "wrong_value", f"“{label}” is not right: {error['msg']}.")


class Fault(NamedTuple):
    """What pydantic finds first, where no form has a label for it.

    Args:
        place: dotted, such as `levels.0.deadline`; empty for the whole.
        kind: pydantic's name of it, such as `missing`.
        message: what it says, without a full stop.
    """

    place: str
    kind: str
    message: str


def first_fault(error: ValidationError) -> Fault:
    """The first thing that is wrong; what was given is not in it."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    place = ".".join(map(str, first["loc"]))
    return Fault(place, first["type"], first["msg"].removeprefix("Value error, "))


def label_at(path: str, config: ConfigField) -> str:
    """What the form calls the field at a dotted path."""
    return _place(path.split("."), config)[1]


def _place(steps: list[str], config: ConfigField) -> tuple[str, str, ConfigField]:
    """The dotted path of a field, its label, and the last place on the way that is known.

    pydantic puts the names of union members between the steps; they are no fields and are left out.
    """
    here, label = config, config.label
    path: list[str] = []
    is_tagged = False
    for step in steps:
        if here.is_union and not is_tagged:
            is_tagged = True
            continue
        inner = here.at(step)
        if inner is not None:
            label = f"{label} {int(step) + 1}" if inner is here.items else inner.label
            here, is_tagged = inner, False
        elif here.fields or here.schema.get("type") == "object":
            label = step
        else:
            break
        path.append(step[:MAX_KEY_SHOWN])
    return ".".join(path), label, here


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _shown(value: Any) -> str:
    """Plain values only: the text of a list or an object is as long as what is in it."""
    return f"“{value}”"[:80] if isinstance(value, str | int | float) else type_name(value)
