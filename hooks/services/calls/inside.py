"""Calls one function of a stranger. This file is run by itself, in the process that the call is kept in.

Standard input has one JSON object: `module`, `function`, `first` and `then` (folders to look for modules in, before
and behind Python's own), `allowed` (modules whose functions may be called), `context` and `inputs`. The file that
`HOOK_RESULT` names gets one: `how` it went (`returned`, `raised`, `missing`, `too_large`) and what belongs to it.
"""

import importlib
import io
import json
import logging
import os
import sys
import traceback
from collections.abc import Callable
from typing import Any

MOST_RESULT = 200_000
MOST_TEXT = 4_000


class Missing(Exception):
    """There is no such function; the texts are the original's."""


def function_of(asked: dict[str, Any]) -> Any:
    """The function that is asked for."""
    module, name = asked["module"], asked["function"]
    try:
        loaded = importlib.import_module(module)
    except ImportError as error:
        raise Missing(f"No module named {module} ({error})") from error
    function = getattr(loaded, name, None)
    if function is None or not is_offered(function, asked["allowed"]):
        raise Missing(f"{module} has no function named '{name}' ")
    if not callable(function):
        raise Missing(f"{module}.{name} is not callable")
    return function


def is_offered(function: object, allowed: list[str]) -> bool:
    """Whether it was made where functions may be called: what a module only imported is not its to offer."""
    home = getattr(function, "__module__", None)
    if not callable(function) or not isinstance(home, str):
        return True
    return any(home == one or home.startswith(one + ".") for one in allowed)


def called(asked: dict[str, Any]) -> dict[str, Any]:
    """What came of the call."""
    try:
        function = function_of(asked)
        return returned(function(asked["context"], **asked["inputs"]))
    except Missing as error:
        return {"how": "missing", "text": cut(str(error))}
    except BaseException as error:  # noqa: BLE001  # whatever it raises, SystemExit too, is told
        sys.stderr.write(traceback.format_exc())
        names = [cls.__name__ for cls in type(error).__mro__]
        return {
            "how": "raised",
            "shown": shown(error, repr),
            "type": names[0][:200],
            "text": shown(error, str),
            "is_final": "NonRecoverableError" in names,
        }


def returned(value: object) -> dict[str, Any]:
    """What it returned, as JSON if it can be, else as text."""
    try:
        told = {"how": "returned", "result": value}
        json.dumps(told, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        told = {"how": "returned", "result": cut(str(value))}
    return told


def shown(error: BaseException, form: Callable[[object], str]) -> str:
    """A text of an exception, whose own methods may fail."""
    try:
        return cut(form(error))
    except BaseException:  # noqa: BLE001
        return type(error).__name__[:200]


def cut(text: str) -> str:
    """No more of a text than a log line takes, and nothing in it that is no text."""
    return text[:MOST_TEXT].encode("utf-8", "replace").decode().replace("\0", "")


def main() -> None:
    """Read what is asked, call, and write down what came of it."""
    path = os.environ.pop("HOOK_RESULT")
    asked = json.load(sys.stdin)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace", line_buffering=True)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    sys.path[:0] = asked["first"]
    sys.path += asked["then"]
    text = json.dumps(called(asked))
    if len(text) > MOST_RESULT:
        text = json.dumps({"how": "too_large"})
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


if __name__ == "__main__":
    main()
