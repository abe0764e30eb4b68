"""The errand that lists what a field may hold."""

import inspect
from functools import partial

from flows.engine.errands import ErrandHost, OpenErrand, errand_kind
from flows.sdk import Choice, Json, NodeError, node_types
from flows.sdk.choices import CHOICES, MOST_CHOICES

MAX_LABEL = 300


@errand_kind(CHOICES)
class Choices:
    """Asks the node type; the request is what `flows.services.choices` made."""

    async def answer(self, host: ErrandHost, errand: OpenErrand) -> Json:
        """`{"choices": [{"value", "label", "help"}], "is_cut"}`."""
        request = errand.request
        node = node_types.get(request["type"])
        if node is None:
            raise NodeError(
                "unknown_node_type",
                f"The worker has no node type {request['type']!r}.",
                hint="Install it there.",
            )
        async with host.turn(request["credentials"]) as ctx:
            work = partial(node.choices, request["name"], ctx, request["config"], request["search"])
            found = await host.call(work, ctx) if node.meta.blocking else work()
            if inspect.isawaitable(found):
                found = await found
        return {"choices": [_told(one) for one in found[:MOST_CHOICES]], "is_cut": len(found) > MOST_CHOICES}


def _told(choice: Choice) -> Json:
    return {"value": choice.value, "label": choice.label[:MAX_LABEL], "help": choice.help[:MAX_LABEL]}
