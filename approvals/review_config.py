"""What is set up of the node *Wait for review*."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from approvals.policy.document import PolicyDocument
from flows.sdk import FieldPath, FlowDuration, JsonObject, NodeConfig, TemplateText, ui
from flows.sdk.config import duration_seconds

BY_PEOPLE = {"decided_by": ["people"]}
COUNTED = {"decided_by": ["people"], "approval": ["count"]}
LONGEST_MINUTES = 366 * 24 * 60
NAME = r"^[a-z][a-z0-9_]*$"


def _minutes(text: str) -> int:
    """Whole minutes of a length of time.

    Raises:
        ValueError: it is none, less than a minute, or more than a year.
    """
    minutes = duration_seconds(text) / 60
    if not 1 <= minutes <= LONGEST_MINUTES:
        raise ValueError("Write 1m to 366d.")
    return int(minutes)


def _long_enough(text: str) -> str:
    if text:
        _minutes(text)
    return text


LengthOrNone = Annotated[FlowDuration | Literal[""], AfterValidator(_long_enough)]


class FormField(NodeConfig):
    """One thing that the reviewer fills in."""

    name: str = ui(
        label="Name",
        help="Its answer is found under this name.",
        placeholder="memory",
        pattern=NAME,
        max_length=40,
    )
    label: str = ui("", label="Label", help="What stands beside it; empty takes the name.", max_length=80)
    kind: Literal["text", "number", "choice", "yes_no", "date"] = ui(
        "text",
        label="Kind",
        choices={
            "text": "Text",
            "number": "Number",
            "choice": "Choice",
            "yes_no": "Yes or no",
            "date": "Date",
        },
    )
    required: bool = ui(False, label="Has to be filled in")
    choices: Annotated[list[Annotated[str, Field(min_length=1, max_length=100)]], Field(max_length=50)] = ui(
        [], label="Choices", widget="tags", depends_on={"kind": ["choice"]}
    )
    least: float | None = ui(
        None,
        label="At least",
        help="The smallest number, or the fewest characters of a text.",
        depends_on={"kind": ["number", "text"]},
    )
    most: float | None = ui(
        None,
        label="At most",
        help="The largest number, or the most characters of a text.",
        depends_on={"kind": ["number", "text"]},
    )

    @model_validator(mode="after")
    def _can_be_filled_in(self) -> "FormField":
        if self.kind == "choice" and not self.choices:
            raise ValueError("Write what there is to choose from.")
        if self.least is not None and self.most is not None and self.least > self.most:
            raise ValueError("The least is more than the most.")
        return self

    def told(self) -> JsonObject:
        """As tasks keep it."""
        return {**self.model_dump(), "label": self.label or self.name}


class WaitForReviewConfig(NodeConfig):
    """What people see, what they fill in, who they are, and by when."""

    title: TemplateText = ui(label="Title", placeholder="More memory for {{ hostname }}?", min_length=1)
    text: TemplateText = ui("", label="Text", help="What the reviewer has to know.", widget="textarea")
    shown: Annotated[list[FieldPath], Field(max_length=30)] = ui(
        [],
        label="Shown fields",
        help="Fields of the record that the reviewer sees beside the text.",
        widget="tags",
    )
    form: Annotated[list[FormField], Field(max_length=20)] = ui(
        [], label="Form", help="What the reviewer fills in when continuing."
    )
    as_field: FieldPath = ui(
        "review",
        label="As field",
        help="Decision, message, reviewer, time and what was filled in go into this field.",
    )
    decided_by: Literal["managers", "policy", "people"] = ui(
        "managers",
        label="Decided by",
        choices={
            "managers": "Whoever may decide the tasks of others",
            "policy": "A policy",
            "people": "People and groups",
        },
        group="Who decides",
    )
    policy: str = ui(
        "",
        label="Policy",
        help="By its name, of the flow's owner or the platform.",
        choices_from=(),
        depends_on={"decided_by": ["policy"]},
        group="Who decides",
        max_length=120,
    )
    reviewers: TemplateText = ui(
        "",
        label="People and groups",
        help="Mail addresses of users and names of groups, with commas between them.",
        placeholder="ana@example.org, Network",
        depends_on=BY_PEOPLE,
        group="Who decides",
    )
    approval: Literal["any", "all", "count"] = ui(
        "any",
        label="Continued by",
        choices={"any": "Any one of them", "all": "All of them", "count": "So many of them"},
        depends_on=BY_PEOPLE,
        group="Who decides",
    )
    number: int = ui(2, label="How many", depends_on=COUNTED, group="Who decides", ge=1, le=1_000)
    deadline: LengthOrNone = ui(
        "",
        label="Decide within",
        help="Empty waits for ever. Cancelling the run is always possible.",
        placeholder="2d",
        depends_on=BY_PEOPLE,
        group="Who decides",
    )
    then: Literal["cancel", "continue", "fail"] = ui(
        "cancel",
        label="When nobody decides",
        choices={"cancel": "Cancelled", "continue": "Continued", "fail": "Expired"},
        depends_on=BY_PEOPLE,
        group="Who decides",
    )
    reminder: LengthOrNone = ui(
        "",
        label="Remind after",
        help="Those who have not answered by then; empty reminds nobody.",
        placeholder="1d",
        depends_on=BY_PEOPLE,
        group="Who decides",
    )

    @model_validator(mode="after")
    def _says_who(self) -> "WaitForReviewConfig":
        if self.decided_by == "policy" and not self.policy.strip():
            raise ValueError("Choose a policy.")
        if self.decided_by == "people" and not self.reviewers.strip():
            raise ValueError("Name people or groups.")
        names = [field.name for field in self.form]
        if len(set(names)) < len(names):
            raise ValueError("Two fields of the form have the same name.")
        return self


def policy_of(config: WaitForReviewConfig) -> PolicyDocument:
    """The policy that the config says by itself. Nobody to ask is no reason to go on: managers are asked then."""
    counted = config.number if config.approval == "count" else None
    level: JsonObject = {
        "reviewers": [{"kind": "field", "path": "reviewers"}],
        "approval": {"kind": config.approval, "number": counted},
    }
    if config.deadline:
        level["deadline"] = {"after": {"minutes": _minutes(config.deadline)}, "then": config.then}
    if config.reminder:
        level["reminders"] = [{"minutes": _minutes(config.reminder)}]
    return PolicyDocument.model_validate(
        {"stages": [{"levels": [level]}], "auto": {"nobody_to_ask": "escalate"}}
    )
