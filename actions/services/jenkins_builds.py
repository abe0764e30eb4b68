"""Builds of Jenkins: finding, following and ending one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from actions.services.jenkins import JenkinsFields, check_values, definition, place, unreadable
from actions.services.strangers import understood
from flows.sdk import JsonObject, NodeContext, NodeError

if TYPE_CHECKING:
    from actions.services.jenkins_client import Controller

MOST_BUILDS = 30
"""How many of the latest builds are looked through for one of ours."""
CONSOLE_BYTES = 16_384
CAUSES = "actions[parameters[name,value],causes[note]]"


@dataclass(frozen=True, slots=True)
class Order:
    """A build that is wanted.

    Args:
        values: of its parameters.
        key: the idempotency key of the step.
        marker: the parameter that takes the key; empty for none.
    """

    job: str
    values: Mapping[str, str]
    key: str
    marker: str = ""

    @property
    def cause(self) -> str:
        """What stands in the build's cause, where a job takes one with its trigger token."""
        return f"hookflow {self.key}"

    @property
    def all_values(self) -> dict[str, str]:
        """The parameters with the marker."""
        return {**self.values, **({self.marker: self.key} if self.marker else {})}

    def is_on(self, told: Mapping[str, Any]) -> bool:
        """Whether a queue item or a build carries it."""
        actions = [action for action in told.get("actions") or [] if action]
        values = [entry for action in actions for entry in action.get("parameters") or []]
        causes = [entry for action in actions for entry in action.get("causes") or []]
        is_marked = any(
            entry.get("name") == self.marker and entry.get("value") == self.key for entry in values
        )
        return is_marked or any(entry.get("note") == self.cause for entry in causes)


def queued(ctx: NodeContext, jenkins: "Controller", fields: JenkinsFields, order: Order) -> int:
    """The build's number in the queue: of the one that this step queued before, else of a new one.

    Raises:
        NodeError: one is retryable only where a second try would find the first one's build.
    """
    values = order.all_values
    has_parameters = bool(values)
    if fields.username:
        known = definition(jenkins, order.job)
        check_values(values, known or {})
        has_parameters = known is not None
        if (order.marker or fields.trigger_token) and (item := own_item(jenkins, order)) is not None:
            ctx.log.info("This step has queued its build before.")
            return item
    if fields.trigger_token:
        values |= {"token": fields.trigger_token, "cause": order.cause}
    try:
        return jenkins.start(place(order.job), "buildWithParameters" if has_parameters else "build", values)
    except NodeError as error:
        is_safe = bool(order.marker) or error.code == "unreachable"
        raise error if is_safe or not error.retryable else _not_again(error) from error


def _not_again(error: NodeError) -> NodeError:
    """It may have been queued all the same, and nothing would tell the second build from the first."""
    hint = f"{error.hint} It is not tried again by itself: the build may have been queued.".strip()
    return NodeError(error.code, error.message, hint=hint, field=error.field)


@understood(unreadable)
def own_item(jenkins: "Controller", order: Order) -> int | None:
    """The queue item of the build that this step ordered, wherever it has got to by now."""
    for item in jenkins.read("queue", f"items[id,{CAUSES}]").get("items") or []:
        if order.is_on(item):
            return int(item["id"])
    told = jenkins.read(place(order.job), f"builds[number,queueId,{CAUSES}]{{0,{MOST_BUILDS}}}")
    return next((int(build["queueId"]) for build in told.get("builds") or [] if order.is_on(build)), None)


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a build stands.

    Args:
        number: of the build; None while it is in the queue.
        why: what it waits for in the queue.
        result: None until it has ended.
    """

    number: int | None
    why: str = ""
    result: str | None = None
    seconds: float = 0.0
    is_withdrawn: bool = False


@understood(unreadable)
def stand_of(jenkins: "Controller", job: str, item: int, number: int | None) -> Stand:
    """Ask the queue, and once it has left that, the build.

    Raises:
        NodeError: `build_lost`, and what `refusal` tells.
    """
    if number is None:
        told = _queue_item(jenkins, job, item)
        if told.get("cancelled"):
            return Stand(None, is_withdrawn=True)
        if not (found := (told.get("executable") or {}).get("number")):
            return Stand(None, why=str(told.get("why") or ""))
        number = int(found)
    build = jenkins.read(f"{place(job)}/{number}", "building,result,duration")
    result = None if build.get("building") else build.get("result")
    return Stand(number, result=result and str(result), seconds=round((build.get("duration") or 0) / 1000, 3))


def _queue_item(jenkins: "Controller", job: str, item: int) -> JsonObject:
    """The item; five minutes after it left the queue Jenkins forgets it, and the build tells where it came from."""
    try:
        told: JsonObject = jenkins.read(f"queue/item/{item}", "why,cancelled,executable[number]")
    except NodeError as error:
        if error.code != "not_found":
            raise
    else:
        return told
    listed = jenkins.read(place(job), f"builds[number,queueId]{{0,{MOST_BUILDS}}}").get("builds") or []
    found = next((build for build in listed if build.get("queueId") == item), None)
    if found is None:
        raise NodeError(
            "build_lost",
            f"Jenkins no longer knows the build that was queued as {item}.",
            hint="It may have been restarted, or the build deleted. Look at the job in Jenkins.",
        )
    return {"executable": {"number": found["number"]}}


def console_tail(jenkins: "Controller", job: str, number: int) -> str:
    """The end of what the build wrote: of a long text no more than that is fetched where Jenkins tells its length."""
    path = f"{place(job)}/{number}"
    try:
        length = int(jenkins.text("HEAD", f"{path}/logText/progressiveText?start=0").headers["X-Text-Size"])
    except (NodeError, KeyError, ValueError):
        return str(jenkins.text("GET", f"{path}/consoleText").text)[-CONSOLE_BYTES:]
    start = max(0, length - CONSOLE_BYTES)
    return str(jenkins.text("GET", f"{path}/logText/progressiveText?start={start}").text)[-CONSOLE_BYTES:]


def end_build(
    jenkins: "Controller", job: str, item: int, number: int | None
) -> Literal["stopped", "withdrawn"]:
    """Stop the build, or take it out of the queue when it has not begun."""
    if number is None:
        number = stand_of(jenkins, job, item, None).number
    if number is None:
        jenkins.withdraw(item)
        return "withdrawn"
    jenkins.stop_build(job, number)
    return "stopped"
