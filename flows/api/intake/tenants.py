"""Events that the platform sends on behalf of a tenant: the tenant must exist."""

from collections.abc import Sequence

from channels.db import database_sync_to_async

from accounts.actors import Actor
from accounts.services import tenants
from common.problems import bad_value
from flows.store.new_events import NewEvent


async def check_tenants(events: Sequence[NewEvent], sender: Actor) -> None:
    """Let a request pass, or not. Costs nothing unless an event names another tenant than the sender's.

    Raises:
        Problem: 400 `unknown_tenant`, with the position.
    """
    named = {event.tenant_id for event in events if event.tenant_id != sender.tenant_id}
    if not named:
        return
    known = await database_sync_to_async(tenants.known)(named)
    for place, event in enumerate(events):
        if event.tenant_id != sender.tenant_id and event.tenant_id not in known:
            raise bad_value(
                "unknown_tenant",
                f"Event {place}: There is no such tenant.",
                hint="Look at the list of tenants.",
                field=f"{place}.tenant",
                extra={"position": place},
            )
