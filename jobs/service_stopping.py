"""Stopping a service by the commands that the platform's admin approved for it: the part of the node *Stop*."""

from datetime import datetime, timedelta
from functools import partial
from typing import Final, Protocol

from accounts import audit
from accounts.actors import Actor
from common.programs import Finished
from flows.sdk import Emit, JsonObject, NodeContext, NodeError, Record, Result, Suspend, Wake
from flows.sdk.config import duration_seconds
from jobs.models import Command, Service
from jobs.services.execution import Request, in_thread, prepared
from jobs.services.reach import usable_services

FIRST_LOOK: Final = 1.0
LAST_LOOK: Final = 15.0
"""Seconds between two looks: each takes twice as long as the one before, up to this."""


class Asked(Protocol):
    """What the node's config says about it."""

    @property
    def service(self) -> str:
        """Its name."""

    @property
    def how(self) -> str:
        """`graceful_then_forced`, `graceful` or `forced`."""

    @property
    def force_after(self) -> str:
        """How long it may take to end by itself."""

    @property
    def timeout(self) -> str:
        """How long it may take to end once it was told for the last time."""


async def stop_service(ctx: NodeContext, config: Asked, record: Record) -> Result:
    """Stop it and wait until it has ended; what does not run counts as stopped.

    Raises:
        NodeError: `unknown_service`, `cannot_be_forced`, `service_state_unknown`, `service_not_stopped`, and those of
            commands.
    """
    service = await in_thread(partial(_known, ctx, config))
    if not await _runs(ctx, service):
        ctx.log.info(f"{service.name!r} does not run.")
        return Emit("out", record)
    await in_thread(partial(_tell, ctx, service, config.how))
    now = ctx.clock.now()
    detail: dict[str, object] = {"look": FIRST_LOOK, "force_at": None}
    if config.how == "forced":
        await _force(ctx, service)
    else:
        is_all = config.how == "graceful"
        await _ask(ctx, service, must_succeed=is_all)
        if not is_all:
            now += timedelta(seconds=duration_seconds(config.force_after))
            detail["force_at"] = now.isoformat()
    detail["until"] = (now + timedelta(seconds=duration_seconds(config.timeout))).isoformat()
    return _look_again(ctx, detail)


async def go_on(ctx: NodeContext, config: Asked, record: Record, wake: Wake) -> Result:
    """Look whether it has ended, and end it by force when the time for that has come.

    Raises:
        NodeError: `goes_on`, and those of `stop_service`.
    """
    detail = dict(wake.detail)
    service = await in_thread(partial(_known, ctx, config))
    if not await _runs(ctx, service):
        ctx.log.info(f"{service.name!r} has ended.")
        return Emit("out", record)
    if _is_past(ctx, detail["force_at"]):
        detail |= {"force_at": None, "look": FIRST_LOOK}
        await _force(ctx, service)
    elif _is_past(ctx, detail["until"]):
        raise NodeError(
            "goes_on",
            f"The service {service.name!r} still runs, {config.timeout} after it was last told to end.",
            hint="Wait longer, let it be ended by force, or look at the service itself.",
            field="timeout",
        )
    return _look_again(ctx, detail)


def _look_again(ctx: NodeContext, detail: JsonObject) -> Suspend:
    look = float(detail["look"])
    at = ctx.clock.now() + timedelta(seconds=look)
    planned = (detail["force_at"], detail["until"])
    at = min(at, *(datetime.fromisoformat(text) for text in planned if text is not None))
    return Suspend("stopping", at, on_time=None, detail={**detail, "look": min(look * 2, LAST_LOOK)})


def _is_past(ctx: NodeContext, moment: str | None) -> bool:
    return moment is not None and ctx.clock.now() >= datetime.fromisoformat(moment)


def _known(ctx: NodeContext, config: Asked) -> Service:
    rows = usable_services(ctx.owner_id).select_related("stop_command", "force_command", "status_command")
    found = rows.filter(name=config.service).first()
    if found is None:
        raise NodeError(
            "unknown_service",
            f"This flow may stop no service {config.service[:80]!r}.",
            hint="Choose one of the list, or ask the platform's admin to approve it.",
            field="service",
        )
    if found.force_command is None and config.how != "graceful":
        raise NodeError(
            "cannot_be_forced",
            f"The service {found.name!r} has no command that ends it by force: nothing was stopped.",
            hint="Choose *Gracefully only*, or ask the platform's admin to name such a command.",
            field="how",
        )
    return found


def _tell(ctx: NodeContext, service: Service, how: str) -> None:
    changes = {"how": how, "run": ctx.run_id}
    actor = Actor.system(ctx.owner_id)
    audit.record(actor, "stopped", "service", str(service.pk), tenant_id=ctx.owner_id, changes=changes)


async def _runs(ctx: NodeContext, service: Service) -> bool:
    finished = await _call(ctx, service.status_command, service.status_parameters)
    if not finished.ended_by and finished.exit_code in service.running_codes:
        return True
    if not finished.ended_by and finished.exit_code in service.stopped_codes:
        return False
    raise NodeError(
        "service_state_unknown",
        f"Nobody knows whether the service {service.name!r} runs: "
        f"{service.status_command.name!r} ended with the exit code {finished.exit_code}.",
        hint="The platform's admin says which exit codes mean that it runs, and which that it does not.",
        field="service",
        retryable=True,
    )


async def _ask(ctx: NodeContext, service: Service, *, must_succeed: bool) -> None:
    ctx.log.info(f"Asking the service {service.name!r} to end.")
    finished = await _call(ctx, service.stop_command, service.stop_parameters)
    if finished.exit_code != 0 and must_succeed:
        raise _refused(service, service.stop_command, finished)
    if finished.exit_code != 0:
        ctx.log.warning(f"{service.stop_command.name!r} ended with the exit code {finished.exit_code}.")


async def _force(ctx: NodeContext, service: Service) -> None:
    command = service.force_command
    if command is None:
        raise RuntimeError("_known lets no such service pass.")
    ctx.log.warning(f"Ending the service {service.name!r} by force.")
    finished = await _call(ctx, command, service.force_parameters)
    if finished.exit_code != 0:
        raise _refused(service, command, finished)


def _refused(service: Service, command: Command, finished: Finished) -> NodeError:
    return NodeError(
        "service_not_stopped",
        f"{command.name!r} did not stop {service.name!r}: it ended with the exit code {finished.exit_code}.",
        hint="Its output, in the log of the run, tells more.",
        field="service",
        retryable=True,
    )


async def _call(ctx: NodeContext, command: Command, parameters: JsonObject) -> Finished:
    request = Request(
        name=command.name,
        parameters=parameters,
        environment={},
        working_directory="",
        input="",
        timeout_seconds=None,
        variables={"HOOKFLOW_RUN_ID": ctx.run_id},
    )
    program = await in_thread(partial(prepared, ctx, ctx.owner_id, request, is_lent=True))
    return await ctx.programs.run(program, ctx.log.output)
