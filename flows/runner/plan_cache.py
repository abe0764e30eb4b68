"""Compiled versions, kept by id. Versions never change, so a plan never goes stale."""

import threading
from collections import OrderedDict
from uuid import UUID

from django.db import close_old_connections

from flows.compiler.plan import Plan
from flows.sdk import NodeError
from flows.services.plans import plan_of_version
from flows.store.patience import until_answered

MOST_PLANS = 500
PAUSES = (0.1, 0.5, 1.0, 2.0, 4.0)


class PlanCache:
    """The plans that were used last. Safe to use from several threads."""

    def __init__(self) -> None:
        self._plans: OrderedDict[UUID, Plan | NodeError] = OrderedDict()
        self._lock = threading.Lock()

    def known(self, version_id: UUID) -> Plan | NodeError | None:
        """The plan if it is in memory, or why there is none."""
        with self._lock:
            found = self._plans.get(version_id)
            if found is not None:
                self._plans.move_to_end(version_id)
            return found

    def load(self, version_id: UUID) -> Plan | NodeError:
        """Compile the version if need be. Blocks."""
        found = self.known(version_id)
        if found is not None:
            return found
        try:
            made: Plan | NodeError = _compiled(version_id)
        except NodeError as error:
            # Not kept: a package that is installed later makes the version usable again.
            return error
        with self._lock:
            self._plans[version_id] = made
            while len(self._plans) > MOST_PLANS:
                self._plans.popitem(last=False)
        return made


def _compiled(version_id: UUID) -> Plan:
    close_old_connections()
    return until_answered(lambda: plan_of_version(version_id), PAUSES)
