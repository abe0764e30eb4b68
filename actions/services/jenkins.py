"""Jenkins: what a credential holds, and what builds are asked for and told of."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote, urlsplit

from pydantic import AfterValidator, Field, model_validator

from actions.services.header_values import HeaderSecret
from actions.services.http import RETRYABLE_STATUSES, host_and_port, retry_after_seconds, url_problem
from actions.services.pem import CaText
from actions.services.strangers import understood
from flows.sdk import CredentialFields, Json, NodeContext, NodeError, Secret, Tls, ui

if TYPE_CHECKING:
    import requests

    from actions.services.jenkins_client import Controller

DEFINITION = (
    "buildable,property[parameterDefinitions[name,type,description,choices,defaultParameterValue[value]]]"
)


def _base_url(text: str) -> str:
    problem = url_problem(text)
    if problem or urlsplit(text).query or urlsplit(text).username:
        raise ValueError(
            " ".join(problem or ("Write the address alone, such as https://ci.example.org/jenkins.",))
        )
    return text.rstrip("/")


class JenkinsFields(CredentialFields):
    """Where Jenkins is and who signs in."""

    url: Annotated[str, AfterValidator(_base_url), Field(max_length=500)] = ui(
        label="URL", placeholder="https://ci.example.org", min_length=1
    )
    username: str = ui(
        "", label="User name", help="Empty only where a trigger token is all there is.", max_length=200
    )
    password: Secret = ui(
        "",
        label="API token or password",
        help="A token is better: it can be taken back alone. Jenkins makes one under the user's security settings.",
    )
    trigger_token: HeaderSecret = ui(
        "", label="Trigger token", help="Of jobs that are set to be triggered with an authentication token."
    )
    ca: CaText = ui("", label="Own certificate authority", help="As PEM.", widget="textarea")

    @model_validator(mode="after")
    def _opens_something(self) -> "JenkinsFields":
        if not self.trigger_token and not (self.username and self.password):
            raise ValueError("Write a user name with its API token, or a trigger token.")
        return self


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter in the definition of a job."""

    name: str
    kind: str
    description: str
    default: str
    choices: tuple[str, ...]

    @property
    def takes_text(self) -> bool:
        """Whether any text may be its value."""
        return self.kind in ("String", "Text")

    @property
    def told(self) -> str:
        """What helps to fill it in."""
        choices = f"one of {', '.join(self.choices)}" if self.choices else ""
        default = f"default {self.default}" if self.default else ""
        return ", ".join(text for text in (choices or self.kind.lower(), default, self.description) if text)[
            :200
        ]


def connected(ctx: NodeContext, fields: JenkinsFields) -> "Controller":
    """Jenkins as this credential sees it. It lives as long as the step."""
    from actions.services.jenkins_client import Controller

    tls = Tls(ca=fields.ca) if fields.ca else None
    session = ctx.net.session(tls=tls, keeps_cookies=True)
    return Controller(
        fields.url, fields.username, fields.password, session, lambda answer: refusal(ctx, answer)
    )


_REFUSALS: Mapping[int, tuple[str, str, str]] = {
    401: (
        "sign_in_failed",
        "Jenkins does not accept the user name with this API token or password.",
        "Make a new API token under the user's security settings, and put it into the credential.",
    ),
    403: (
        "not_allowed",
        "Jenkins does not allow this.",
        "The user needs the permissions Overall/Read, Job/Read and Job/Build, and Job/Cancel to stop builds; a trigger"
        " token has to be the job's own.",
    ),
    404: (
        "not_found",
        "Jenkins has no such job or build, or does not show it to this user.",
        "Check the name, with its folders, such as team/deploy; the user needs the permission Job/Read.",
    ),
    409: ("not_buildable", "The job is disabled.", "Enable it in Jenkins."),
}


def refusal(ctx: NodeContext, answer: "requests.Response") -> NodeError:
    """What an answer other than 2xx is. Nothing of its body is told: it may be a page with anything on it."""
    status = answer.status_code
    if 300 <= status < 400:
        return NodeError(
            "moved",
            "Jenkins sends to another address.",
            hint="Write the address at which people see Jenkins into the credential, https and path included.",
        )
    if status in _REFUSALS:
        code, message, hint = _REFUSALS[status]
        return NodeError(code, message, hint=hint)
    retryable = status in RETRYABLE_STATUSES or status >= 500
    return NodeError(
        "http_status",
        f"Jenkins answered {status}.",
        hint="Look into Jenkins' own log." if status >= 500 else "Look at the job in Jenkins.",
        retryable=retryable,
        retry_after=retry_after_seconds(ctx, answer.headers.get("retry-after", "")) if retryable else None,
    )


def unreadable() -> NodeError:
    """The answer does not look like one of Jenkins."""
    return NodeError(
        "bad_answer",
        "Jenkins answered with something that cannot be understood.",
        hint="Look whether the URL in the credential leads to Jenkins, or to something before it.",
    )


@understood(unreadable)
def job_names(jenkins: "Controller") -> list[str]:
    """The full names of all jobs that the user sees; folders only lead to them."""
    found = jenkins.get_all_jobs(folder_depth=6)
    return sorted(str(job["fullname"]) for job in found if "jobs" not in job and _is_job(job))


def _is_job(job: Mapping[str, Any]) -> bool:
    return "Folder" not in str(job.get("_class", "")) and "MultiBranch" not in str(job.get("_class", ""))


@understood(unreadable)
def definition(jenkins: "Controller", job: str) -> dict[str, Parameter] | None:
    """The parameters of a job by name; None when it has none.

    Raises:
        NodeError: `not_buildable`, and what `refusal` tells.
    """
    told = jenkins.read(place(job), DEFINITION)
    if told.get("buildable") is False:
        raise NodeError(
            "not_buildable", f"The job {job} is disabled.", hint="Enable it in Jenkins.", field="job"
        )
    properties = told.get("property") or []
    listed = [entry for one in properties for entry in one.get("parameterDefinitions") or []]
    return {entry["name"]: _parameter(entry) for entry in listed} or None


def _parameter(entry: Mapping[str, Any]) -> Parameter:
    default = (entry.get("defaultParameterValue") or {}).get("value")
    return Parameter(
        name=str(entry["name"]),
        kind=str(entry.get("type", "")).removesuffix("ParameterDefinition"),
        description=str(entry.get("description") or ""),
        default="" if default is None else as_text(default),
        choices=tuple(map(str, entry.get("choices") or ())),
    )


def as_text(value: Json) -> str:
    """A value as Jenkins reads it from a form."""
    return value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)


def check_values(values: Mapping[str, str], known: Mapping[str, Parameter]) -> None:
    """Find what Jenkins would leave out without a word, or answer with a page of its own.

    Raises:
        NodeError: `unknown_parameter`, `bad_parameter`.
    """
    names = ", ".join(known) or "none"
    for name, value in values.items():
        if name not in known:
            raise NodeError(
                "unknown_parameter",
                f"The job has no parameter {name[:100]}.",
                hint=f"It has: {names[:500]}.",
                field="parameters",
            )
        choices = known[name].choices
        if choices and value not in choices:
            raise NodeError(
                "bad_parameter",
                f"The parameter {name} has no choice “{value[:100]}”.",
                hint=f"Choose one of: {', '.join(choices)[:500]}.",
                field="parameters",
            )


def place(job: str) -> str:
    """The path of a job by its full name, such as `job/team/job/deploy`.

    Raises:
        NodeError: `bad_job`: a value that would lead elsewhere.
    """
    parts = job.split("/")
    if any(part.strip() in ("", ".", "..") for part in parts):
        raise NodeError(
            "bad_job", f"“{job[:100]}” is no name of a job.", hint="It looks like team/deploy.", field="job"
        )
    return "/".join(f"job/{quote(part, safe='')}" for part in parts)


def job_url(fields: JenkinsFields, job: str, number: int | None) -> str:
    """Where people look at it."""
    return f"{fields.url}/{place(job)}/" + (f"{number}/" if number is not None else "")


def hosts(fields: JenkinsFields) -> Sequence[str]:
    """Where the credential may be used."""
    return (host_and_port(fields.url),)
