"""What an actor can reach, in a form that the database finds fast however much there is."""

from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.actors import Actor
from accounts.scope import visible
from flows.models import Flow, Run

SHOWN: Final = ~Q(is_managed=True, followed_file="")


def flows_in_reach(actor: Actor) -> QuerySet[Flow]:
    """The flows that are not deleted, without those that the program made for itself."""
    return visible(Flow, actor).filter(deleted_at=None, is_managed=False)


def shown_flows(actor: Actor) -> QuerySet[Flow]:
    """These, and those that follow a file: what people look at."""
    return visible(Flow, actor).filter(SHOWN, deleted_at=None)


def runs_in_reach(actor: Actor) -> QuerySet[Run]:
    """The same runs as `visible` gives.

    A tenant's flows run for their tenant alone. Saying so lets an index give the runs in order; joined to the flows,
    all runs of all of them would be sorted to show the newest.
    """
    if actor.is_platform or actor.tenant_id is None:
        return visible(Run, actor)
    own = visible(Flow, actor).filter(pk=OuterRef("flow_id"))
    return Run.objects.filter(Exists(own), tenant_id=actor.tenant_id)
