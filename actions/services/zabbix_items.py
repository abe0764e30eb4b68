"""What Zabbix items take, from what a record holds: values by type, discovery lists, and what jobs report.

The keys, macros and default names of what jobs report are those of MultiFlexi, so that its Zabbix template works.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Final, Literal

from actions.services.zabbix import Item
from flows.sdk import Json, JsonObject, NodeError, Record
from flows.sdk.value_readers import read_moment, read_number

ValueType = Literal["text", "float", "unsigned", "character", "log"]

MAX_ITEMS: Final = 100
MAX_KEY: Final = 2048
MAX_CHARACTER: Final = 255
MAX_TEXT: Final = 65_535
MAX_DISCOVERY: Final = 1_000_000
MAX_UNSIGNED: Final = 2**64 - 1
MAX_CLOCK: Final = 2**31 - 1
MACRO: Final = re.compile(r"\{#[A-Z0-9_.]+\}")
NOT_IN_A_MACRO: Final = re.compile(r"[^A-Z0-9_.]+")
NOT_IN_A_CODE: Final = re.compile(r"[^a-z0-9]+")
OUTPUTS: Final = frozenset({"stdout", "stderr", "data", "env"})
"""Fields of a job's report that no discovery macro can hold."""


def value_of(value: Json, kind: str, field: str) -> str:
    """A value as an item of this type takes it.

    Raises:
        NodeError: `missing_value`, `not_a_number`, `value_too_long`.
    """
    if value is None or value == "":
        raise NodeError(
            "missing_value",
            "There is no value to send.",
            hint="Write it, or a field that holds it.",
            field=field,
        )
    return _NUMBERS[kind](value, field) if kind in _NUMBERS else _text(value, kind, field)


def _float(value: Json, field: str) -> str:
    number = read_number(value)
    if number is None:
        raise _no_number(value, "a number, such as 12.5", field)
    return str(number)


def _unsigned(value: Json, field: str) -> str:
    number = read_number(value)
    if number is None or number != int(number) or not 0 <= number <= MAX_UNSIGNED:
        raise _no_number(value, "a whole number from 0 on", field)
    return str(int(number))


_NUMBERS: Final[Mapping[str, Callable[[Json, str], str]]] = {"float": _float, "unsigned": _unsigned}


def _no_number(value: Json, what: str, field: str) -> NodeError:
    return NodeError(
        "not_a_number",
        f"“{str(value)[:60]}” is not {what}.",
        hint="Write one, or choose the type of information that the item has in Zabbix.",
        field=field,
    )


def _text(value: Json, kind: str, field: str) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    most = MAX_CHARACTER if kind == "character" else MAX_TEXT
    if len(text) > most:
        raise NodeError(
            "value_too_long",
            f"The value has {len(text):,} characters; Zabbix keeps {most:,} of this type.",
            hint="Send less, or choose another type of information.",
            field=field,
        )
    return text


def clock_of(text: str, field: str) -> int | None:
    """The moment of a value, from Unix seconds or a date; None when nothing is written.

    Raises:
        NodeError: `not_a_moment`.
    """
    if not text.strip():
        return None
    number, moment = read_number(text), read_moment(text.strip())
    seconds = moment.timestamp() if moment is not None else number
    if seconds is None or not 0 <= seconds <= MAX_CLOCK:
        raise NodeError(
            "not_a_moment",
            f"“{text[:60]}” is no moment.",
            hint="Write Unix seconds, or a date such as 2026-03-01T12:00:00Z.",
            field=field,
        )
    return int(seconds)


def discovery(rows: Json, field: str) -> str:
    """A low-level discovery list as a value; what is no macro becomes one: `name` becomes `{#NAME}`.

    Raises:
        NodeError: `not_a_list`, `value_too_long`.
    """
    found = rows.get("data") if isinstance(rows, dict) and set(rows) == {"data"} else rows
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise NodeError(
            "not_a_list",
            "A discovery value is a list of objects.",
            hint='Write JSON such as [{"{#NAME}": "{{ hostname }}"}], or a field that holds such a list.',
            field=field,
        )
    text = json.dumps([{macro(name): value for name, value in row.items()} for row in found])
    if len(text) > MAX_DISCOVERY:
        raise NodeError(
            "value_too_long", "The discovery list is too long.", hint="Send fewer rows.", field=field
        )
    return text


def macro(name: str) -> str:
    """The discovery macro for a field's name."""
    return name if MACRO.fullmatch(name) else f"{{#{NOT_IN_A_MACRO.sub('_', name.upper())}}}"


def filled_key(key: str, record: Record) -> str:
    """A key with MultiFlexi's placeholders filled in from a job's report."""
    codes = _codes(record)
    return re.sub(r"\{(COMPANY_CODE|APP_CODE|RUNTEMPLATE_ID)\}", lambda found: codes[found[1]], key)


def _codes(report: Mapping[str, Json]) -> dict[str, str]:
    return {
        "COMPANY_CODE": _code(report, "company_code", "company_name"),
        "APP_CODE": _code(report, "app_code", "app_name"),
        "RUNTEMPLATE_ID": str(report.get("runtemplate_id") or ""),
    }


def _code(report: Mapping[str, Json], name: str, label: str) -> str:
    own = str(report.get(name) or "")
    return own or NOT_IN_A_CODE.sub("-", str(report.get(label) or "").lower()).strip("-")


def life_cycle(host: str, report: Record) -> list[Item]:
    """What a job's report tells Zabbix: its state; when it was created, also that it exists and how often it runs.

    Raises:
        NodeError: `no_job`, when the record is no job's report.
    """
    if report.get("job_id") is None or not report.get("phase"):
        raise NodeError(
            "no_job",
            "The record is not what a job reports.",
            hint="Start the flow with one of the job events, such as job.succeeded.",
            field="source",
        )
    codes = _codes(report)
    name = "-".join(codes.values())
    state = Item(host, f"job-[{name}]", json.dumps(_short(report), ensure_ascii=False))
    if report["phase"] != "created":
        return [state]
    items = [Item(host, "multiflexi.job.lld", json.dumps([_macros(report)])), state]
    for field in ("interval", "interval_seconds"):
        if report.get(field) is not None:
            items.append(Item(host, f"job-[{name}-{field}]", str(report[field])))
    return items


def _macros(report: Record) -> JsonObject:
    """Every plain field as a macro, and under its name in capitals, which older versions of the template read."""
    plain = {
        name.upper(): str(value)
        for name, value in report.items()
        if name not in OUTPUTS and value is not None and not isinstance(value, dict | list)
    }
    return {**{macro(name): value for name, value in plain.items()}, **plain}


def _short(report: Record) -> JsonObject:
    """The report with as much of the outputs as one value holds."""
    return {
        name: value[-20_000:] if name in OUTPUTS and isinstance(value, str) else value
        for name, value in report.items()
    }
