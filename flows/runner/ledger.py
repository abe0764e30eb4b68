"""The group commit of the runner: what runs write down, and the claims that go with it."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from uuid import UUID

from flows.engine.run_store import ClaimedRun, LeaseLost, Publisher, RunStore, Writes
from flows.store.group_commit import GroupCommit
from flows.store.patience import backoff

CLOSE_SECONDS = 4.0

Written = tuple[Writes, UUID]
"""What a run writes down, and the run's flow."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """To claim at most so many runs, and whether one of them may be a suspect."""

    runs: int
    suspect: bool


Order = Written | Wanted
"""To write, or to claim."""


class Ledger:
    """Puts writes down and claims runs.

    While the database is away, a transaction is tried again until it goes through or the ledger is closed: what a
    run did must not be forgotten because of that. If the lease is lost meanwhile, the fence says so. What the
    database refuses for good fails that run's drive alone.
    """

    def __init__(self, store: RunStore, publisher: Publisher, *, owner: str, lease_seconds: float) -> None:
        self._store, self._publisher = store, publisher
        self._owner, self._lease_seconds = owner, lease_seconds
        self.last_answer = time.monotonic()
        self._commits: GroupCommit[Order, list[ClaimedRun]] = GroupCommit(
            "ledger", self._exchange, lambda: takewhile(lambda _: not self._is_closing, backoff(0.05))
        )
        self._is_closing = False

    async def commit(self, writes: Writes, flow_id: UUID) -> None:
        """Put `writes` down, also when nobody waits for it any more; returns after the commit.

        Raises:
            LeaseLost: nothing was written.
        """
        await asyncio.shield(self._commits.put((writes, flow_id)))

    def claim(self, wanted: Wanted) -> asyncio.Future[list[ClaimedRun]]:
        """Take due runs, together with the writes at hand. One call at a time."""
        return self._commits.put(wanted)

    def close(self) -> None:
        """Put down what is left and stop; a database that is away is not waited for any more."""
        self._is_closing = True
        self._commits.close(CLOSE_SECONDS)

    def _exchange(
        self, orders: Sequence[Order], /, *, is_repeated: bool
    ) -> list[list[ClaimedRun] | Exception]:
        """The journal takes the same writes twice, so a repeated try needs no care."""
        written = [order for order in orders if not isinstance(order, Wanted)]
        wanted = [order for order in orders if isinstance(order, Wanted)]
        try:
            lost, claimed = self._store.exchange(
                [writes for writes, _ in written],
                owner=self._owner,
                claim=sum(order.runs for order in wanted),
                lease_seconds=self._lease_seconds,
                suspect=any(order.suspect for order in wanted),
            )
        finally:
            self.last_answer = time.monotonic()
        self._publisher.changed(
            [(writes.run_id, flow_id) for writes, flow_id in written if writes.run_id not in lost]
            + [(run.run_id, run.flow_id) for run in claimed]
        )
        return [claimed if isinstance(order, Wanted) else _answer(order, lost) for order in orders]


def _answer(order: Written, lost: set[UUID]) -> list[ClaimedRun] | Exception:
    run_id = order[0].run_id
    return LeaseLost(str(run_id)) if run_id in lost else []
