"""What a policy is: a document that people write by a form, and that a task keeps as it was."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from flows.sdk.paths import checked_path

MOST_MINUTES = 366 * 24 * 60
Operation = Literal["DEPLOY", "UNDEPLOY", "RECONFIGURE"]
OPERATIONS: tuple[Operation, ...] = ("DEPLOY", "UNDEPLOY", "RECONFIGURE")
ReviewerRole = Literal["tenant_admin", "manager", "platform_admin"]
Id = Annotated[int, Field(ge=1, le=2**63 - 1)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class UserReviewer(_Part):
    """One user."""

    kind: Literal["user"] = "user"
    id: Id


class GroupReviewer(_Part):
    """The members of a review group."""

    kind: Literal["group"] = "group"
    id: Id


class RoleReviewer(_Part):
    """Everybody of the task's tenant who has the role; of managers, those whose scope holds the tenant."""

    kind: Literal["role"] = "role"
    role: ReviewerRole


class FieldReviewer(_Part):
    """A field of the record that names users or groups: ids of users, addresses, names of groups, or lists of them."""

    kind: Literal["field"] = "field"
    path: Annotated[str, Field(max_length=200), AfterValidator(checked_path)]


Reviewer = Annotated[UserReviewer | GroupReviewer | RoleReviewer | FieldReviewer, Field(discriminator="kind")]


class _Counted(_Part):
    number: Annotated[int | None, Field(ge=1, le=1000)] = None
    """How many, of `count`; how many in a hundred, of `percent`; of no other kind."""

    @model_validator(mode="after")
    def _number_fits(self) -> Self:
        kind = getattr(self, "kind", "")
        if (self.number is None) == (kind in ("count", "percent")):
            raise ValueError("a number goes with count and percent, and only with them")
        if kind == "percent" and (self.number or 0) > 100:
            raise ValueError("a percentage is at most 100")
        return self


class Approval(_Counted):
    """When a level is continued.

    `everyone_any`: everybody has answered, and at least one says continue.
    """

    kind: Literal["any", "all", "count", "percent", "everyone_any"] = "any"


class Rejection(_Counted):
    """When a level is cancelled. `impossible`: as soon as the answers left can no longer continue it."""

    kind: Literal["any", "all", "count", "percent", "impossible"] = "any"


class Span(_Part):
    """A time to wait: as it passes, or only while the policy's calendar is open."""

    minutes: Annotated[int, Field(ge=1, le=MOST_MINUTES)]
    clock: Literal["wall", "business"] = "wall"


class Deadline(_Part):
    """What happens when nobody has decided in time.

    `continue` lets the stage pass; `cancel` and `fail` end the task as cancelled and as expired; `escalate`
    asks the stage's next level.
    """

    after: Span
    then: Literal["continue", "cancel", "escalate", "fail"] = "cancel"


class Level(_Part):
    """Who is asked together, and what their answers come to. Times count from when they are asked."""

    reviewers: Annotated[tuple[Reviewer, ...], Field(min_length=1, max_length=50)]
    approval: Approval = Approval()
    rejection: Rejection = Rejection()
    deadline: Deadline | None = None
    reminders: Annotated[tuple[Span, ...], Field(max_length=10)] = ()


class Stage(_Part):
    """One step of the way. The first level is asked; each of the others only when the one before it escalates."""

    name: Annotated[str, Field(max_length=80)] = ""
    levels: Annotated[tuple[Level, ...], Field(min_length=1, max_length=5)]

    @model_validator(mode="after")
    def _last_level_decides(self) -> Self:
        last = self.levels[-1].deadline
        if last is not None and last.then == "escalate":
            raise ValueError("the last level has nobody to escalate to")
        return self


class AutoRules(_Part):
    """What needs nobody. The first two are for operations on servers only.

    Args:
        review_types: types of tasks that are reviewed; the others are continued at once.
        trusted_roles: whoever asks and has one of these roles is not asked about it: continued at once.
        nobody_to_ask: what happens when a stage's references name nobody at all.
    """

    review_types: Annotated[tuple[Operation, ...], Field(max_length=3)] = OPERATIONS
    trusted_roles: Annotated[tuple[ReviewerRole, ...], Field(max_length=3)] = ("tenant_admin",)
    nobody_to_ask: Literal["cancel", "continue", "escalate"] = "cancel"


class PolicyDocument(_Part):
    """Who decides on a task, and by when. The stages are asked one after the other.

    Args:
        four_eyes: whoever asked never decides, in no way.
        delegates: whether a reviewer's delegate may answer in the reviewer's place.
        overruling: whether those who may decide the tasks of others decide it at once, asked or not.
        calendar: the business calendar that its business hours are of.
    """

    stages: Annotated[tuple[Stage, ...], Field(min_length=1, max_length=10)]
    four_eyes: bool = True
    delegates: bool = True
    overruling: bool = True
    calendar: Id | None = None
    auto: AutoRules = AutoRules()

    @model_validator(mode="after")
    def _business_hours_have_a_calendar(self) -> Self:
        spans = [span for stage in self.stages for level in stage.levels for span in spans_of(level)]
        if self.calendar is None and any(span.clock == "business" for span in spans):
            raise ValueError("business hours need a calendar")
        return self


def spans_of(level: Level) -> tuple[Span, ...]:
    """Every time that the level waits for."""
    return (*level.reminders, *((level.deadline.after,) if level.deadline else ()))
