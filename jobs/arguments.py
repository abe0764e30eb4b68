"""The arguments of an approved command: slots that its admin declared, filled with values that are never code."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from common.failure import Failure
from flows.sdk.config_errors import first_fault

MOST_BYTES = 65_536
"""Of one argument."""
SlotName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class BadArgument(Failure):
    """A value does not fit its slot; `field` names the slot."""


class Slot(BaseModel):
    """One place in the argument list.

    Args:
        kind: `fixed` stands there always; `flag` when its value is true; the others hold one value.
        text: what a `fixed` or `flag` slot says.
        option: goes before the value as an argument of its own, such as `--size`.
        allows_options: whether the value may begin with a dash.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: SlotName
    kind: Literal["fixed", "flag", "text", "integer", "number", "choice"] = "text"
    label: Annotated[str, Field(max_length=100)] = ""
    text: Annotated[str, Field(max_length=1000)] = ""
    option: Annotated[str, Field(max_length=100)] = ""
    choices: Annotated[tuple[str, ...], Field(max_length=100)] = ()
    is_required: bool = False
    default: Annotated[str | None, Field(max_length=1000)] = None
    allows_options: bool = False


Slots = TypeAdapter(Annotated[tuple[Slot, ...], Field(max_length=64)])


def read_slots(raw: Any) -> tuple[Slot, ...]:
    """The slots that an admin declared.

    Raises:
        BadArgument: `bad_slots`.
    """
    try:
        slots = Slots.validate_python(raw)
    except ValidationError as error:
        place, _, message = first_fault(error)
        raise BadArgument("bad_slots", f"Argument slot {place}: {message}.", field="slots") from error
    names = [slot.name for slot in slots]
    if len(set(names)) != len(names):
        raise BadArgument("bad_slots", "Two argument slots have the same name.", field="slots")
    for slot in slots:
        _check_slot(slot)
    return slots


def _check_slot(slot: Slot) -> None:
    if slot.kind in ("fixed", "flag") and not slot.text:
        raise BadArgument("bad_slots", f"The slot {slot.name!r} needs its text.", field="slots")
    if slot.kind == "choice" and not slot.choices:
        raise BadArgument("bad_slots", f"The slot {slot.name!r} needs choices.", field="slots")
    for said in (slot.text, slot.option, *slot.choices):
        if "\0" in said:
            raise BadArgument("bad_slots", f"The slot {slot.name!r} holds a NUL character.", field="slots")
    if slot.default is not None:
        _value(slot, slot.default)


def argument_list(slots: Sequence[Slot], values: Mapping[str, Any]) -> list[str]:
    """The arguments, without the program itself. Each value is one argument, byte for byte.

    Raises:
        BadArgument: `unknown_argument`, `argument_missing`, `bad_argument`, `option_refused`.
    """
    known = {slot.name for slot in slots if slot.kind != "fixed"}
    for name in values:
        if name not in known:
            hint = f"It takes: {', '.join(sorted(known))}." if known else "It takes no arguments."
            raise BadArgument(
                "unknown_argument", f"The command has no argument {name!r}.", hint=hint, field=name
            )
    arguments: list[str] = []
    for slot in slots:
        arguments += _arguments_of(slot, values.get(slot.name))
    return arguments


def _arguments_of(slot: Slot, value: Any) -> list[str]:
    if slot.kind == "fixed":
        return [slot.text]
    if slot.kind == "flag":
        return [slot.text] if _is_true(slot, slot.default if value is None else value) else []
    if value is None or value == "":
        value = slot.default
    if value is None:
        if slot.is_required:
            raise BadArgument("argument_missing", f"The argument {slot.name!r} is missing.", field=slot.name)
        return []
    text = _value(slot, value)
    return [slot.option, text] if slot.option else [text]


def _is_true(slot: Slot, value: Any) -> bool:
    if value in (None, False, "", "false"):
        return False
    if value in (True, "true"):
        return True
    raise BadArgument("bad_argument", f"The argument {slot.name!r} is true or false.", field=slot.name)


def _value(slot: Slot, value: Any) -> str:
    """The value as the one argument that it is."""
    if isinstance(value, bool | dict | list):
        raise BadArgument(
            "bad_argument", f"The argument {slot.name!r} takes one plain value.", field=slot.name
        )
    text = str(value)
    if slot.kind in ("integer", "number"):
        _check_number(slot, text)
    elif slot.kind == "choice":
        if text not in slot.choices:
            message = f"The argument {slot.name!r} is one of {', '.join(slot.choices)}."
            raise BadArgument("bad_argument", message, field=slot.name)
    elif text.startswith("-") and not slot.allows_options:
        raise BadArgument(
            "option_refused",
            f"The argument {slot.name!r} may not begin with a dash: the command could take it for an option.",
            hint="Change the value, or let the platform's admin allow options in this slot.",
            field=slot.name,
        )
    if "\0" in text or len(text.encode(errors="surrogatepass")) > MOST_BYTES:
        message = f"The argument {slot.name!r} holds a NUL character, or more than {MOST_BYTES:,} bytes."
        raise BadArgument("bad_argument", message, field=slot.name)
    return text


def _check_number(slot: Slot, text: str) -> None:
    try:
        int(text) if slot.kind == "integer" else float(text)
        if not text.isascii() or text != text.strip() or "_" in text:
            raise ValueError
    except ValueError:
        kind = "a whole number" if slot.kind == "integer" else "a number"
        raise BadArgument("bad_argument", f"The argument {slot.name!r} is {kind}.", field=slot.name) from None
