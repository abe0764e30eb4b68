"""The operations on servers: which jobs each is made of, what each may be asked with, and how it reads."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from approvals.models import Task, TaskJob
from common.names import as_name
from common.problems import Problem, bad_value, conflict
from flows.sdk import Json, JsonObject
from inventory.models import Server

JOBS: Final[Mapping[str, tuple[TaskJob.Type, ...]]] = {
    Task.Type.DEPLOY: (TaskJob.Type.SCHEDULE, TaskJob.Type.CONFIGURE, TaskJob.Type.POWER_ON),
    Task.Type.RECONFIGURE: (
        TaskJob.Type.UPDATE_RESOURCES,
        TaskJob.Type.RECONFIGURE,
        TaskJob.Type.REGISTER_VM,
    ),
    Task.Type.UNDEPLOY: (TaskJob.Type.POWER_OFF, TaskJob.Type.DECONFIGURE, TaskJob.Type.FREE_RESOURCES),
}
MOST_JOBS: Final = 3
NUMBERS: Final = {"cpu": (1, 1024), "ram": (16, 16_777_216), "disk": (1, 1_000_000), "vlan_tag": (1, 4094)}
"""What a reconfigure may change, and from where to where; beside them `rate_limit`, in MB/s."""
CLEARABLE: Final = ("vlan_tag", "rate_limit")
INTERFACE: Final = CLEARABLE
OPTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    Task.Type.DEPLOY: ("ipv4", "ipv6"),
    Task.Type.UNDEPLOY: ("force",),
    Task.Type.RECONFIGURE: (),
}
LABELS: Final = {
    "cpu": "CPU cores",
    "ram": "Memory (MB)",
    "disk": "Disk (GB)",
    "vlan_tag": "VLAN tag",
    "rate_limit": "Rate limit (MB/s)",
}
WORDS: Final = {"ipv4": "New IPv4 address", "ipv6": "New IPv6 address", "force": "Stop without shutting down"}


def check_operation(server: Server, kind: str) -> None:
    """See that the operation makes sense for the server as it is.

    Raises:
        Problem: 409 `already_deployed`, `not_deployed`.
    """
    is_deployed = server.deployment == Server.Deployment.deployed
    if kind == Task.Type.DEPLOY and is_deployed and server.status != Server.Status.offline:
        raise conflict(
            "already_deployed",
            f"{server.hostname} is deployed and runs.",
            hint="Ask for a reconfigure, or undeploy it first.",
        )
    if kind == Task.Type.UNDEPLOY and not is_deployed:
        raise conflict(
            "not_deployed", f"{server.hostname} is not deployed.", hint="There is nothing to take down."
        )


def checked_values(server: Server, kind: str, values: Mapping[str, Any]) -> JsonObject:
    """The new values of a reconfigure; for the others there are none.

    Raises:
        Problem: 400 `unknown_value`, `bad_amount`, `nothing_to_change`; 409 `no_interface`.
    """
    known = (*NUMBERS, "rate_limit") if kind == Task.Type.RECONFIGURE else ()
    for name in values:
        if name not in known:
            raise bad_value(
                "unknown_value",
                f"This cannot be asked for: {name[:40]!r}.",
                hint=f"There is: {', '.join(known)}." if known else "Leave the values out.",
                field=name[:40],
            )
    found = {name: _amount(name, value) for name, value in values.items()}
    has_interface = server.interfaces.exists()
    if not has_interface and any(name in found for name in INTERFACE):
        raise conflict("no_interface", f"The server {server.hostname} has no network interface.")
    if kind == Task.Type.RECONFIGURE and found == before(server, found):
        raise bad_value(
            "nothing_to_change",
            "The server is like that already.",
            hint="Give another CPU, memory, disk or network.",
        )
    return found


def checked_options(kind: str, options: Mapping[str, Any]) -> JsonObject:
    """The options of an operation, each true or false.

    Raises:
        Problem: 400 `unknown_option`.
    """
    for name, value in options.items():
        if name not in OPTIONS[kind] or not isinstance(value, bool):
            raise bad_value(
                "unknown_option",
                f"This is no option here: {name[:40]!r}.",
                hint=f"There is: {', '.join(OPTIONS[kind]) or 'none'}, each true or false.",
                field=name[:40],
            )
    return {name: True for name, value in options.items() if value}


def before(server: Server, names: Mapping[str, Json]) -> JsonObject:
    """What these values are now, for the reviewer and for the way back."""
    interface = server.interfaces.order_by("number").first() if set(names) & set(INTERFACE) else None
    now: JsonObject = {}
    for name in names:
        value = getattr(interface if name in INTERFACE else server, name, None)
        now[name] = float(value) if isinstance(value, Decimal) else value
    return now


def network_of(server: Server) -> JsonObject:
    """Tag and limit of the first interface; nothing without one."""
    return before(server, dict.fromkeys(INTERFACE)) if server.interfaces.exists() else {}


def title_of(kind: str, server: Server) -> str:
    """What is asked for, in a line."""
    return as_name(f"{kind.capitalize()} {server.hostname}", 300)


def text_of(task: Task, server: Server) -> str:
    """What is asked for, in a sentence."""
    who = task.requester_name or "The program"
    return f"{who} asks to {task.type.lower()} the server {server.hostname}."


def shown_of(task: Task, server: Server) -> list[list[Json]]:
    """What a reviewer is shown of it, as label and value."""
    lines: list[list[Json]] = [["Server", server.hostname], ["Node", server.node or "-"]]
    values, now = task.request.get("values", {}), task.request.get("before", {})
    if task.type == Task.Type.RECONFIGURE:
        lines += [[LABELS[name], f"{_read(now.get(name))} → {_read(new)}"] for name, new in values.items()]
    else:
        lines += [[LABELS[name], getattr(server, name)] for name in ("cpu", "ram", "disk")]
    lines += [[WORDS[name], "yes"] for name in task.request.get("options", {})]
    return lines


def description_of(task: Task, job: TaskJob.Type) -> str:
    """What the Workflow feature calls the job."""
    words = str(job.value).lower().replace("_", " ").replace(" vm", " virtual machine")
    return f"{task.type.capitalize()} task's {words} on virtual machine with id {task.server_id}"


def _amount(name: str, value: Any) -> Json:
    if value is None and name in CLEARABLE:
        return None
    if name == "rate_limit":
        return _rate(value)
    least, most = NUMBERS[name]
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise _bad_amount(name, f"It is a whole number from {least} to {most}.")
    return value


def _rate(value: Any) -> float:
    try:
        rate = Decimal(str(value)) if not isinstance(value, bool) else Decimal("NaN")
    except InvalidOperation:
        rate = Decimal("NaN")
    if not rate.is_finite() or not Decimal("0.001") <= rate <= Decimal(1_000_000):
        raise _bad_amount("rate_limit", "It is a number of MB/s above 0.")
    return float(round(rate, 3))


def _bad_amount(name: str, hint: str) -> Problem:
    return bad_value("bad_amount", f"{LABELS[name]}: this value is not possible.", hint=hint, field=name)


def _read(value: Json) -> str:
    return "none" if value is None else str(value)
