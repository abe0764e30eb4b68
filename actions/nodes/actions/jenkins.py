"""Jenkins: start a build, and wait for what becomes of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, Field, field_validator

from actions.services.jenkins import JenkinsFields, as_text, connected, definition, job_names, job_url
from actions.services.jenkins_builds import Order, Stand, console_tail, end_build, queued, stand_of
from flows.sdk import (
    Choice,
    CredentialRef,
    Emit,
    FieldPath,
    FlowDuration,
    Json,
    JsonObject,
    Kind,
    Node,
    NodeConfig,
    NodeContext,
    NodeError,
    NodeMeta,
    OnCrash,
    Port,
    Record,
    Result,
    Retry,
    Shape,
    Suspend,
    TemplateText,
    TemplateValue,
    Wake,
    node,
    ui,
    with_value,
)
from flows.sdk.config import duration_seconds
from flows.sdk.summaries import joined

if TYPE_CHECKING:
    from actions.services.jenkins_client import Controller

LONGEST_DAYS = 30
PORT_OF = {"SUCCESS": "out", "UNSTABLE": "unstable"}


def _not_too_long(text: str) -> str:
    if not 0 < duration_seconds(text) <= LONGEST_DAYS * 86_400:
        raise ValueError(f"Write at most {LONGEST_DAYS}d.")
    return text


def _job(name: str) -> str:
    parts = name.strip("/").split("/")
    # People paste the path of a page: /job/team/job/deploy/
    is_path = len(parts) % 2 == 0 and all(part == "job" for part in parts[::2])
    return "/".join(parts[1::2] if is_path else parts)


class JenkinsConfig(NodeConfig):
    """Which job, with what, and how long to wait."""

    credential: CredentialRef("jenkins") = ui(label="Jenkins", min_length=1)  # type: ignore[valid-type]
    job: Annotated[TemplateText, AfterValidator(_job)] = ui(
        label="Job",
        help="With its folders, such as team/deploy.",
        placeholder="team/deploy",
        choices_from=("credential",),
        min_length=1,
        max_length=500,
    )
    parameters: Annotated[dict[str, TemplateValue], Field(max_length=100)] = ui(
        {},
        label="Parameters",
        help="Those that are left out take the default of the job.",
        widget="key-value",
        choices_from=("credential", "job"),
    )
    marker: str = ui(
        "",
        label="Parameter for the key of the step",
        help="A text parameter of the job. A step that is repeated then finds its own build and starts no second one.",
        max_length=200,
        choices_from=("credential", "job"),
    )
    wait: bool = ui(True, label="Wait for the build to end", widget="switch", group="Waiting")
    timeout: Annotated[FlowDuration, AfterValidator(_not_too_long)] = ui(
        "1h", label="Wait at most", group="Waiting", depends_on={"wait": [True]}
    )
    on_timeout: Literal["leave", "stop"] = ui(
        "leave",
        label="When it takes longer",
        help="The step fails either way.",
        choices={"leave": "Let the build go on", "stop": "Stop the build"},
        group="Waiting",
        depends_on={"wait": [True]},
    )
    as_field: FieldPath = ui(
        "jenkins",
        label="As field",
        help="Number, address, result and end of the console go into this field.",
        placeholder="jenkins",
        group="Result",
    )

    @field_validator("parameters")
    @classmethod
    def _plain_values(cls, values: dict[str, Json]) -> dict[str, Json]:
        if any(isinstance(value, dict | list) for value in values.values()):
            raise ValueError("Write texts, numbers or true and false.")
        return values


BUILD_SHAPE = Shape.object(
    {
        "job": Shape.string("With its folders"),
        "queue_item": Shape.integer("Number in the queue"),
        "number": Shape.integer("Of the build; null while it waits in the queue"),
        "url": Shape.string("Where people look at it"),
        "result": Shape.string(
            "SUCCESS, UNSTABLE, FAILURE, ABORTED or NOT_BUILT; null when it was not waited for"
        ),
        "seconds": Shape.number("How long it took"),
        "console": Shape.string("The end of what it wrote, at most 16 KiB"),
    }
)


@node
class Jenkins(Node):
    """Starts a build; waits as a row, no worker is held."""

    meta = NodeMeta(
        type="jenkins",
        kind=Kind.ACTION,
        label="Jenkins",
        summary="Start a build in Jenkins and wait for its result.",
        icon="hammer",
        unset="No job chosen",
        ports=(Port("out", "Success"), Port("unstable", "Unstable"), Port("failed", "Failed")),
        durable=True,
        blocking=True,
        outside=True,
        stops=True,
        on_crash=OnCrash.ASK,
        retry=Retry(attempts=6, first="10s", factor=2, cap="5m"),
    )
    Config = JenkinsConfig

    def summary(self, config: JenkinsConfig) -> str:
        return joined(config.job) if config.wait else joined(config.job, "(not waited for)")

    def fields(self, config: JenkinsConfig, upstream: Shape) -> Mapping[str, Shape]:
        return {port.name: upstream.with_field(config.as_field, BUILD_SHAPE) for port in self.meta.ports}

    def choices(self, name: str, ctx: NodeContext, config: JsonObject, search: str) -> Sequence[Choice]:
        """Jobs of that Jenkins; parameters of that job."""
        jenkins = connected(ctx, ctx.opened(str(config["credential"]), JenkinsFields))
        wanted = search.casefold()
        if name == "job":
            return [Choice(job, job) for job in job_names(jenkins) if wanted in job.casefold()]
        known = definition(jenkins, _job(str(config["job"]))) or {}
        return [
            Choice(found.name, found.name, found.told)
            for found in known.values()
            if wanted in found.name.casefold() and (name != "marker" or found.takes_text)
        ]

    def run(self, ctx: NodeContext, config: JenkinsConfig, record: Record) -> Result:
        fields = ctx.opened(config.credential, JenkinsFields)
        if config.wait and not fields.username:
            raise NodeError(
                "cannot_wait",
                "A trigger token can start a build and not follow it.",
                hint="Put a user name and an API token into the credential, or do not wait.",
                field="wait",
            )
        values = {name: as_text(value) for name, value in config.parameters.items()}
        order = Order(config.job, values, ctx.idempotency_key, config.marker)
        item = queued(ctx, connected(ctx, fields), fields, order)
        ctx.log.info(f"Jenkins queued {config.job} as {item}.")
        detail: JsonObject = {"item": item, "number": None, "looks": 0}
        return self._later(ctx, detail) if config.wait else _emit(config, fields, record, item, Stand(None))

    def resume(self, ctx: NodeContext, config: JenkinsConfig, record: Record, wake: Wake) -> Result:
        fields = ctx.opened(config.credential, JenkinsFields)
        item, number = _of(wake.detail)
        jenkins = connected(ctx, fields)
        stand = stand_of(jenkins, config.job, item, number)
        if stand.is_withdrawn:
            raise NodeError(
                "build_cancelled",
                "Somebody took the build out of Jenkins' queue.",
                hint="Start it again, or wire the error port.",
            )
        if stand.result is not None:
            ctx.log.info(f"Build {stand.number} of {config.job} ended: {stand.result}.")
            return _emit(
                config, fields, record, item, stand, console_tail(jenkins, config.job, stand.number or 0)
            )
        if stand.number is not None and number is None:
            ctx.log.info(f"Build {stand.number} of {config.job} began.")
        elif stand.why:
            ctx.log.info(f"In the queue of Jenkins: {stand.why}")
        if ctx.clock.now() >= wake.since + timedelta(seconds=duration_seconds(config.timeout)):
            raise _too_slow(config, jenkins, item, stand.number)
        return self._later(ctx, {**wake.detail, "number": stand.number}, _end_of(config, wake))

    def stop(
        self, ctx: NodeContext, config: JenkinsConfig, record: Record, detail: Mapping[str, Json]
    ) -> None:
        """Stop the build, or take it out of the queue."""
        fields = ctx.opened(config.credential, JenkinsFields)
        done = end_build(connected(ctx, fields), config.job, *_of(detail))
        ctx.log.info(f"The build of {config.job} was {done}.")

    def preview(self, config: JenkinsConfig, record: Record) -> JsonObject:
        return {
            "starts": config.job,
            "with": {name: as_text(value) for name, value in config.parameters.items()},
            "signed_in_with": config.credential,
            "waits_at_most": config.timeout if config.wait else None,
        }

    def dry_run_result(self, config: JenkinsConfig, record: Record) -> Emit:
        """As if the build had succeeded."""
        build = {"job": config.job, "queue_item": 1, "number": 1, "url": "", "seconds": 0}
        result = "SUCCESS" if config.wait else None
        return Emit("out", with_value(record, config.as_field, {**build, "result": result, "console": ""}))

    def _later(self, ctx: NodeContext, detail: Mapping[str, Json], end: datetime | None = None) -> Suspend:
        """Look again in 10 seconds, later every minute."""
        looks = int(str(detail["looks"]))
        until = ctx.clock.now() + timedelta(seconds=min(60, 10 * 1.5**looks))
        until = until if end is None else max(min(until, end), ctx.clock.now() + timedelta(seconds=1))
        return Suspend("jenkins", until=until, on_time=None, detail={**detail, "looks": min(looks + 1, 10)})


def _too_slow(config: JenkinsConfig, jenkins: "Controller", item: int, number: int | None) -> NodeError:
    done = "goes on"
    if config.on_timeout == "stop":
        done = "was " + end_build(jenkins, config.job, item, number)
    return NodeError(
        "build_timed_out",
        f"The build of {config.job} took longer than {config.timeout}; it {done}.",
        hint="Wait longer, or look in Jenkins what holds it up.",
        field="timeout",
    )


def _emit(
    config: JenkinsConfig, fields: JenkinsFields, record: Record, item: int, stand: Stand, console: str = ""
) -> Emit:
    build = {
        "job": config.job,
        "queue_item": item,
        "number": stand.number,
        "url": job_url(fields, config.job, stand.number),
        "result": stand.result,
        "seconds": stand.seconds,
        "console": console,
    }
    port = PORT_OF.get(stand.result, "failed") if stand.result else "out"
    return Emit(port, with_value(record, config.as_field, build))


def _of(detail: Mapping[str, Json]) -> tuple[int, int | None]:
    """Queue item and build number, as `Suspend` kept them."""
    number = detail.get("number")
    return int(str(detail["item"])), None if number is None else int(str(number))


def _end_of(config: JenkinsConfig, wake: Wake) -> datetime:
    return wake.since + timedelta(seconds=duration_seconds(config.timeout))
