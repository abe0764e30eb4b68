"""What a job or a launch may ask of a command."""

import posixpath
from collections.abc import Mapping
from typing import Any, Final

from common.problems import Problem, bad_value
from jobs.arguments import BadArgument, argument_list, read_slots
from jobs.models import Command

MOST_VALUE: Final = 32_768
MOST_INPUT: Final = 1_048_576
"""Bytes of the standard input."""


def check_request(
    command: Command,
    *,
    parameters: Mapping[str, Any],
    environment: Mapping[str, Any],
    working_directory: str,
    input: str,  # the field's name
) -> None:
    """Refuse what the command does not take.

    Raises:
        Problem: 400 with the field at fault.
    """
    try:
        argument_list(read_slots(command.slots), parameters)
    except BadArgument as error:
        raise of_argument(error) from error
    check_environment(command, environment)
    check_directory(command, working_directory)
    if len(input.encode(errors="surrogatepass")) > MOST_INPUT:
        raise bad_value("input_too_large", f"The input has {MOST_INPUT:,} bytes at most.", field="input")


def of_argument(error: BadArgument) -> Problem:
    """The refusal of an argument as a refused request."""
    field = f"parameters.{error.field}" if error.field else "parameters"
    return bad_value(error.code, error.message, hint=error.hint, field=field)


def check_environment(command: Command, environment: Mapping[str, Any]) -> None:
    """Refuse variables that the command does not allow, and values that are none.

    Raises:
        Problem: 400 `variable_not_allowed`, `bad_value`.
    """
    for name, value in environment.items():
        if name not in command.environment:
            allowed = ", ".join(command.environment) or "none"
            raise bad_value(
                "variable_not_allowed",
                f"The command does not take the variable {name[:80]!r}.",
                hint=f"Allowed: {allowed}.",
                field=f"environment.{name[:80]}",
            )
        if not isinstance(value, str) or "\0" in value or len(value.encode()) > MOST_VALUE:
            raise bad_value(
                "bad_value", f"The value of {name} is no text that fits.", field=f"environment.{name}"
            )


def check_directory(command: Command, path: str) -> None:
    """Refuse a working directory outside the run's own folder and the folders that the command may use.

    Raises:
        Problem: 400 `bad_directory`.
    """
    if not path or path in command.directories:
        return
    is_below = (
        not path.startswith("/")
        and posixpath.normpath(path) == path
        and path.isprintable()
        and "\\" not in path
        and not any(part in ("..", ".") or len(part.encode()) > 200 for part in path.split("/"))
    )
    if not is_below or len(path) > 500:
        allowed = ", ".join(command.directories)
        raise bad_value(
            "bad_directory",
            "The working directory is not one that the command may use.",
            hint=f"A plain path below the run's own folder{f', or one of: {allowed}' if allowed else ''}.",
            field="working_directory",
        )


def are_exit_codes(codes: object) -> bool:
    """Whether it is a list of what programs can end with, at most 100 of them."""
    return (
        isinstance(codes, list)
        and len(codes) <= 100
        and all(isinstance(code, int) and not isinstance(code, bool) and 0 <= code <= 255 for code in codes)
    )
