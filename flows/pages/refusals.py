"""What an actor cannot do to a flow now, and why."""

from accounts.actors import Actor
from accounts.roles import Permission
from flows.models import Flow


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
    if flow.followed_file:
        return f"It follows {flow.followed_file}, which alone changes it."
    return "" if flow.published_id or flow.is_enabled else "Publish it first."
