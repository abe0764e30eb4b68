"""Flows as pages look them up: in the actor's reach, without what a page does not show."""

from accounts.actors import Actor
from accounts.roles import Permission
from common.problems import Problem
from flows.models import Flow


def not_found(what: str) -> Problem:
    """The same answer for what is unknown and for what belongs to others."""
    return Problem(404, "not_found", f"There is no such {what}.")


def why_not_run(actor: Actor, flow: Flow) -> str:
    """Why the actor cannot run the flow now, or nothing."""
    if not actor.may(Permission.run_flows):
        return "Your role may look at flows, not run them."
    if flow.published_id is None:
        return "Publish it first: only what is published runs."
    return "" if flow.is_enabled else "Switch it on first."


def why_not_switch(actor: Actor, flow: Flow) -> str:
    """Why the actor cannot switch the flow on or off, or nothing."""
    if not actor.may(Permission.publish_flows):
        return "Your role may look at flows, not switch them."
    return "" if flow.published_id or flow.is_enabled else "Publish it first."
