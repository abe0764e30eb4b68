"""The template files of `execute_as_workflow`: a YAML mapping whose `rest_calls` are made one after the other.

Source of the format: the documentation of Cloudify's utilities plugin and of its REST SDK. What stands between double
braces is an expression of ours, rendered at its own place in the parsed file: no value can add a key, path or header.
"""

import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from flows.conf import folder
from flows.expressions import TemplateError, compile_slot
from flows.expressions.budget import Budget
from flows.sdk import Json, JsonObject, NodeError
from flows.sdk.config import Slot
from flows.sdk.config_errors import first_fault
from hooks.services.yaml_tree import BadYaml, read_tree

MOST_BYTES: Final = 131_072
MOST_CALLS: Final = 50
INPUTS: Final = "event_context"
"""What `__inputs__`, the context of the event, is called in expressions, in which no name begins with `__`."""
_EXPRESSION: Final = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_STATEMENT: Final = re.compile(r"\{%|\{#")
_HOST: Final = re.compile(r"[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]")

Format = Literal["json", "xml", "text", "raw", "auto"]


class RestCall(BaseModel):
    """One call, rendered. What a call does not say holds as the properties say it."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)

    path: str = ""
    method: Literal["GET", "PUT", "POST", "PATCH", "DELETE", "HEAD"] = "GET"
    host: str = ""
    hosts: list[str] = Field(default_factory=list)
    port: int = Field(-1, ge=-1, le=65_535)
    ssl: bool = False
    verify: bool | str = True
    cert: str | None = None
    timeout: float | None = Field(None, gt=0, le=300)
    proxies: dict[str, str] | None = None
    auth: dict[str, str] | None = None
    headers: dict[str, str] | None = None
    params: dict[str, Any] | None = None
    payload: Any = None
    payload_format: Literal["json", "urlencoded", "raw"] = "json"
    response_format: Format = "auto"
    successful_codes: list[int] = Field(default_factory=list)
    recoverable_codes: list[int] = Field(default_factory=list)
    nonrecoverable_response: list[Any] | None = None
    response_expectation: list[Any] | None = None
    response_translation: Any = None
    translation_format: Literal["auto", "v1", "v2", "v3"] = "auto"
    retry_on_connection_error: bool = False

    def urls(self, path: str) -> list[str]:
        """Its addresses, in the order in which they are tried.

        Raises:
            NodeError: `bad_template`: it names no host, or something else than a host.
        """
        hosts = self.hosts or [self.host]
        for host in hosts:
            if not _HOST.fullmatch(host):
                raise bad_template(
                    f"{host[:80]!r} is no host.", "Name hosts in properties.hosts, without scheme and path."
                )
        scheme = "https" if self.ssl else "http"
        port = "" if self.port == -1 else f":{self.port}"
        return [f"{scheme}://{host}{port}{path}" for host in hosts]


def bad_template(message: str, hint: str = "") -> NodeError:
    """What is wrong with a template file."""
    return NodeError("bad_template", message, hint=hint, field="inputs")


def read_calls(name: str) -> list[JsonObject]:
    """The calls of a template file, with their expressions as they are written.

    Raises:
        NodeError: `no_templates`, `unknown_template`, `bad_template`.
    """
    text = _text_of(name)
    if _STATEMENT.search(text):
        raise bad_template("The template holds a statement.", "Write expressions between {{ and }} alone.")
    kept: dict[str, str] = {}
    mark = f"expression{secrets.token_hex(8)}n"

    def keep(found: re.Match[str]) -> str:
        name = f"{mark}{len(kept)}e"
        kept[name] = found[0].replace("__inputs__", INPUTS)
        return name

    # As plain words they are values wherever they stand, and nothing in them is read as YAML.
    try:
        tree = read_tree(_EXPRESSION.sub(keep, text))
    except BadYaml as error:
        raise bad_template(f"Line {error.line}: {error.message}", error.hint) from error
    for fault in tree.faults() if tree else ():
        raise bad_template(f"Line {fault.line}: {fault.fault}")
    back = re.compile(f"{mark}[0-9]+e")
    value = _restored(tree.value() if tree else None, back, kept)
    calls = value.get("rest_calls") if isinstance(value, dict) else None
    if not isinstance(calls, list) or not all(isinstance(call, dict) for call in calls):
        raise bad_template(
            "The template has no list rest_calls.", "Write `rest_calls:` and its calls as a list."
        )
    if len(calls) > MOST_CALLS:
        raise bad_template(f"The template makes more than {MOST_CALLS} calls.")
    return calls


def rendered(
    call: JsonObject, properties: JsonObject, params: Mapping[str, Json]
) -> tuple[RestCall, list[str]]:
    """A call with its expressions filled in, and its addresses. For a thread: it may take a while.

    Raises:
        NodeError: `bad_template`, and what expressions raise.
    """
    plain = {name: value for name, value in call.items() if name != "path"}
    budget = Budget()
    try:
        values = compile_slot(Slot.JSON, plain).render(dict(params), budget)
        one = RestCall.model_validate({**properties, **values})
        path = str(call.get("path") or "/")
        path = path if path.startswith("/") else f"/{path}"
        urls = [str(compile_slot(Slot.URL, url).render(dict(params), budget)) for url in one.urls(path)]
    except TemplateError as error:
        raise bad_template(f"{error.message} ({error.path or 'path'})", error.hint) from error
    except ValidationError as error:
        place, _, message = first_fault(error)
        raise bad_template(f"{place} of a call cannot be used: {message}.") from error
    return one, urls


def _text_of(name: str) -> str:
    """The text of a file in the folder that the platform's admin named; nothing leads out of it."""
    top = folder("HOOK_TEMPLATES")
    if top is None:
        raise NodeError(
            "no_templates",
            "There is no folder for template files.",
            hint="The platform's admin names one in HOOKFLOW_HOOK_TEMPLATES.",
            field="inputs",
        )
    unknown = NodeError(
        "unknown_template",
        f"There is no template file {name[:200]!r}.",
        hint="template_file is a path below the folder that HOOKFLOW_HOOK_TEMPLATES names.",
        field="inputs",
    )
    try:
        top = top.resolve()
        path = (top / name).resolve()
        if Path(name).is_absolute() or not path.is_relative_to(top) or not path.is_file():
            raise unknown
        if path.stat().st_size > MOST_BYTES:
            raise bad_template(f"The template file is larger than {MOST_BYTES >> 10} KiB.")
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise bad_template("The template file is not UTF-8.") from error
    except (OSError, ValueError) as error:
        raise unknown from error


def _restored(value: Json, mark: re.Pattern[str], kept: Mapping[str, str]) -> Json:
    if isinstance(value, str):
        return mark.sub(lambda found: kept[found[0]], value)
    if isinstance(value, list):
        return [_restored(item, mark, kept) for item in value]
    if isinstance(value, dict):
        return {_restored(key, mark, kept): _restored(item, mark, kept) for key, item in value.items()}
    return value
