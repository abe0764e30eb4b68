"""Running an approved command: what it becomes for the worker, and what its end means. For the nodes of this app."""

import posixpath
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import orjson
from asgiref.sync import sync_to_async
from django.db import close_old_connections, connection, transaction

from accounts import audit
from accounts.actors import Actor
from accounts.models import Tenant
from common.problems import Problem
from common.programs import printable
from common.redact import redact_text
from flows.sdk import Finished, JsonObject, Limits, NodeContext, NodeError, Program
from flows.store.patience import backoff, until_answered
from jobs.arguments import argument_list, read_slots
from jobs.models import Command
from jobs.services.checks import check_request
from jobs.services.reach import usable_commands
from jobs.version import VERSION

T = TypeVar("T")
MOST_TEXT: Final = 262_144
"""Bytes of an output as JSON that a record holds."""
MOST_DATABASE_SECONDS: Final = 20.0
_MACRO: Final = re.compile(r"\{([A-Z_]+)\}")


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of a command.

    Args:
        name: of the command; it must be one that the owner may use now.
        variables: beside those that are asked for: ours, which nobody else can set.
    """

    name: str
    parameters: Mapping[str, Any]
    environment: Mapping[str, Any]
    working_directory: str
    input: str
    timeout_seconds: float | None
    variables: Mapping[str, str]


def prepared(ctx: NodeContext, owner_id: int | None, asked: Request, *, is_lent: bool = False) -> Program:
    """The program that the request comes to; writes the audit entry that it is run.

    Args:
        is_lent: the platform's admin gave the command for this very use, whoever else may run it.

    Raises:
        NodeError: `command_not_allowed`, and the refusals of `check_request`.
    """
    command = usable_commands(None if is_lent else owner_id).filter(name=asked.name).first()
    if command is None:
        raise NodeError(
            "command_not_allowed",
            f"The owner of this flow may not run the command {asked.name!r}.",
            hint="Choose one of the approved commands, or ask the platform's admin to approve it.",
            field="command",
        )
    try:
        check_request(
            command,
            parameters=asked.parameters,
            environment=asked.environment,
            working_directory=asked.working_directory,
            input=asked.input,
        )
    except Problem as problem:
        raise NodeError.of(problem, field=problem.field) from problem
    program = _program(command, owner_id, asked)
    with transaction.atomic():
        audit.record(
            Actor.system(owner_id),
            "ran",
            "command",
            str(command.pk),
            tenant_id=owner_id,
            changes={"command": command_line(program), "run": ctx.run_id},
        )
    return program


def _program(command: Command, owner_id: int | None, asked: Request) -> Program:
    variables = {**asked.variables, **_of_owner(owner_id), **_of_command(command)}
    return Program(
        argv=[command.executable, *argument_list(read_slots(command.slots), asked.parameters)],
        env={**expanded({**asked.environment, **variables}), **variables},
        stdin=asked.input.encode(errors="replace"),
        directories=tuple(command.directories),
        working_directory=asked.working_directory,
        has_network=command.has_network,
        limits=Limits(
            seconds=min(asked.timeout_seconds or command.timeout_seconds, command.timeout_seconds),
            cpu_seconds=command.cpu_seconds,
            memory_mb=command.memory_mb,
            processes=command.processes,
            file_mb=command.file_mb,
            open_files=command.open_files,
        ),
    )


def _of_owner(owner_id: int | None) -> dict[str, str]:
    tenant = Tenant.objects.filter(pk=owner_id).first() if owner_id is not None else None
    return {
        "HOOKFLOW_COMPANY_ID": str(tenant.pk) if tenant else "",
        "HOOKFLOW_COMPANY_CODE": tenant.slug if tenant else "",
        "HOOKFLOW_COMPANY_NAME": tenant.name if tenant else "",
    }


def _of_command(command: Command) -> dict[str, str]:
    return {
        "HOOKFLOW_APPLICATION_ID": str(command.pk),
        "HOOKFLOW_APPLICATION_NAME": command.name,
        "HOOKFLOW_EXECUTOR": "Native",
        "HOOKFLOW_VERSION": VERSION,
        "HOOKFLOW_TMP": "/tmp",  # noqa: S108  # the box's own
    }


def expanded(environment: Mapping[str, str]) -> dict[str, str]:
    """Each `{NAME}` in a value is the value of that variable; what it puts in is not looked at again."""
    return {
        name: _MACRO.sub(lambda found: environment.get(found[1], found[0]), value)
        for name, value in environment.items()
    }


def command_line(program: Program) -> str:
    """As people may read it."""
    return redact_text(printable(program.argv))[:2_000]


def outcome(program: Program, finished: Finished, expected: Sequence[int]) -> JsonObject:
    """What the record gets of it. `error` is null when it ended as it should."""
    return {
        "command_line": command_line(program),
        "exit_code": finished.exit_code,
        "stdout": fitting(finished.stdout),
        "stderr": fitting(finished.stderr),
        "dropped_bytes": finished.dropped,
        "result": fitting(finished.result),
        "cpu_seconds": finished.cpu_seconds,
        "peak_memory": finished.peak_memory,
        "pid": finished.pid,
        "confinement": finished.confinement,
        "error": fault(program, finished, expected),
    }


def fault(program: Program, finished: Finished, expected: Sequence[int]) -> JsonObject | None:
    """Why it did not end as it should: code, message and hint."""
    name = posixpath.basename(program.argv[0])
    if finished.ended_by == "timeout":
        limit = f"{program.limits.seconds:g} seconds"
        return _fault(
            "command_timed_out", f"{name} took longer than {limit} and was ended.", "Raise its time limit."
        )
    if finished.ended_by == "memory":
        limit = f"{program.limits.memory_mb} MB"
        message = f"{name} used more than {limit} of memory and was ended."
        return _fault("command_out_of_memory", message, "Ask the platform's admin for more.")
    if finished.ended_by:
        return _fault("command_stopped", f"{name} was stopped.", "")
    if finished.exit_code not in (expected or (0,)):
        message = f"{name} ended with the exit code {finished.exit_code}."
        return _fault("unexpected_exit_code", message, "Its output tells more.")
    return None


def _fault(code: str, message: str, hint: str) -> JsonObject:
    return {"code": code, "message": message, "hint": hint}


def fitting(text: str) -> str:
    """As much of a text as a record may hold."""
    text = text[:MOST_TEXT]
    while len(orjson.dumps(text)) > MOST_TEXT:
        text = text[: len(text) * 3 // 4]
    return text


async def in_thread(work: Callable[[], T]) -> T:
    """Database work of a node that waits for something else, too. A database that is away for a moment is waited for,
    so the work must bear repeating."""

    def call() -> T:
        close_old_connections()
        try:
            return until_answered(work, backoff(0.1, until=time.monotonic() + MOST_DATABASE_SECONDS))
        finally:
            if not connection.in_atomic_block:
                connection.close()

    return await sync_to_async(call, thread_sensitive=False)()
