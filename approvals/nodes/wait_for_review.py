"""Wait for review: people continue or cancel a flow, in the same queue as operations on servers."""

from collections.abc import Mapping, Sequence
from typing import Any

from approvals.models import Policy
from approvals.review_config import WaitForReviewConfig, policy_of
from approvals.services.policies import (
    nobody_behind,
    policies_for_flows,
    policy_named,
    problems_at_publish,
)
from approvals.services.reviews_of_runs import told_to_desk
from flows.sdk import (
    MISSING,
    Choice,
    Emit,
    JsonObject,
    Kind,
    Node,
    NodeContext,
    NodeError,
    NodeMeta,
    Port,
    Record,
    Result,
    Review,
    Shape,
    Suspend,
    Wake,
    node,
    value_at,
    with_value,
)
from flows.sdk.summaries import joined, label_of, plain

KINDS = {
    "text": Shape.string(),
    "number": Shape.number(),
    "choice": Shape.string(),
    "yes_no": Shape.boolean(),
    "date": Shape.string(format="date"),
}


@node
class WaitForReview(Node):
    """Parks the run until people have decided; no worker is held."""

    meta = NodeMeta(
        type="wait-for-review",
        kind=Kind.CONTROL,
        label="Wait for review",
        summary="Hold the flow until people continue or cancel it.",
        icon="user-check",
        ports=(Port("continued", "Continued"), Port("cancelled", "Cancelled"), Port("expired", "Expired")),
        unset="Nothing to review",
        durable=True,
        blocking=True,
    )
    Config = WaitForReviewConfig

    def summary(self, config: WaitForReviewConfig) -> str:
        if not config.title:
            return ""
        whom = {"policy": config.policy, "people": config.reviewers}.get(config.decided_by, "")
        return joined(plain(config.title), plain(whom)) if whom else plain(config.title)

    def fields(self, config: WaitForReviewConfig, upstream: Shape) -> Mapping[str, Shape]:
        review = {
            "decision": Shape.string("continued, cancelled or expired"),
            "message": Shape.string("What they wrote"),
            "by": Shape.string("Who decided"),
            "at": Shape.moment("When"),
            "task": Shape.string("ID of the task"),
            "form": Shape.object(
                {field.name: KINDS[field.kind] for field in config.form}, "What was filled in"
            ),
        }
        shape = upstream.with_field(config.as_field, Shape.object(review))
        return {port.name: shape for port in self.meta.ports}

    def check(self, config: WaitForReviewConfig, upstream: Shape) -> list[tuple[str, str, str]]:
        """Shown fields that the record does not have."""
        return [
            ("shown", f"The record has no field {path!r}.", "Choose a field of the record.")
            for path in config.shown
            if upstream.at(path) is None
        ]

    def warnings(self, config: WaitForReviewConfig, owner_id: int | None) -> list[tuple[str, str, str]]:
        """A policy that is not there, or by which nobody could ever decide; people and groups that cannot."""
        if config.decided_by == "people":
            # What the record names is known when the flow runs.
            names = [name for name in _names(config) if "{" not in name]
            hint = "Name people who can see the flow's tasks, by their mail addresses, or groups that have such people."
            found = nobody_behind(names, owner_id)
            return [("reviewers", f"Nobody who could decide is behind {name!r}.", hint) for name in found]
        if config.decided_by != "policy":
            return []
        if policy_named(config.policy, owner_id) is None:
            return [("policy", f"There is no policy {config.policy!r}.", "Make it, or choose another one.")]
        hint = "Mend the policy, or a manager has to decide in place of those whom it asks."
        return [("policy", found.message, hint) for found in problems_at_publish(config.policy, owner_id)]

    def choices(self, name: str, ctx: NodeContext, config: JsonObject, search: str) -> Sequence[Choice]:
        """The policies that the flow's owner may use."""
        found = policies_for_flows(ctx.owner_id)
        return [Choice(one, one) for one in found if search.casefold() in one.casefold()]

    def run(self, ctx: NodeContext, config: WaitForReviewConfig, record: Record) -> Suspend:
        """Ask, and wait.

        Raises:
            NodeError: `unknown_policy`.
        """
        policy, fields = _policy(ctx, config, record)
        told = told_to_desk(
            policy=policy, run_id=ctx.run_id, owner_id=ctx.owner_id, record=fields, now=ctx.clock.now()
        )
        review = Review(
            title=config.title,
            text=config.text,
            shown=_shown(config, record),
            form=[field.told() for field in config.form],
            policy=told,
        )
        ctx.log.info(f"Waiting for review: {config.title}")
        return Suspend("review", on_time=None, review=review)

    def resume(self, ctx: NodeContext, config: WaitForReviewConfig, record: Record, wake: Wake) -> Result:
        said: JsonObject = {"decision": wake.port, **(wake.data if isinstance(wake.data, dict) else {})}
        return Emit(str(wake.port), with_value(record, config.as_field, said))

    def preview(self, config: WaitForReviewConfig, record: Record) -> JsonObject:
        return {
            "title": config.title,
            "text": config.text,
            "shown": dict(_shown(config, record)),
            "form": [field.told() for field in config.form],
            "decided_by": label_of(config, "decided_by"),
        }

    def dry_run_result(self, config: WaitForReviewConfig, record: Record) -> Emit:
        """As if it were continued, with nothing filled in."""
        said = {"decision": "continued", "message": "", "by": "", "at": None, "task": ""}
        form = {field.name: None for field in config.form}
        return Emit("continued", with_value(record, config.as_field, {**said, "form": form}))


def _shown(config: WaitForReviewConfig, record: Record) -> list[tuple[str, Any]]:
    found = [(path, value_at(record, path)) for path in config.shown]
    return [(path, None if value is MISSING else value) for path, value in found]


def _names(config: WaitForReviewConfig) -> list[str]:
    return [name.strip() for name in config.reviewers.replace("\n", ",").split(",") if name.strip()]


def _policy(ctx: NodeContext, config: WaitForReviewConfig, record: Record) -> tuple[Policy | None, Record]:
    """The policy, and the record in which it finds the people that it asks."""
    if config.decided_by == "managers":
        return None, record
    if config.decided_by == "people":
        document = policy_of(config).model_dump(mode="json")
        return Policy(tenant_id=ctx.owner_id, document=document), {"reviewers": _names(config)}
    found = policy_named(config.policy, ctx.owner_id)
    if found is None:
        raise NodeError(
            "unknown_policy",
            f"There is no policy {config.policy!r}.",
            hint="Make it, or choose another one.",
            field="policy",
        )
    return found, record
