"""What pages ask of a worker, because only workers open credentials and reach outside."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar
from uuid import UUID

from flows.sdk import Json, JsonObject, NodeContext, NodeError
from flows.sdk.registry import Registry

TIME_LIMIT_SECONDS: Final = 20.0
MAX_ANSWER_BYTES: Final = 131_072
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class OpenErrand:
    """A question that a worker has taken.

    Args:
        owner_id: the tenant whose credentials may be used; None for the platform.
        request: plain JSON without secrets.
        attempt: 1 for the first worker that took it.
    """

    id: UUID
    kind: str
    owner_id: int | None
    request: JsonObject
    attempt: int


class ErrandHost(Protocol):
    """What the runner lends to a kind of errand."""

    def turn(
        self, credentials: Mapping[str, Sequence[str]], *, staging: bool = False
    ) -> AbstractAsyncContextManager[NodeContext]:
        """A context in which these credentials of the errand's owner are open, each of one of these types.

        Raises:
            NodeError: one cannot be opened.
        """

    async def call(self, work: Callable[[], T], ctx: NodeContext) -> T:
        """The answer of a function that blocks, from a thread for calls to the outside."""

    async def store(self, work: Callable[[], T]) -> T:
        """The answer of a function that uses our own database."""


class ErrandKind(Protocol):
    """One kind of question."""

    async def answer(self, host: ErrandHost, errand: OpenErrand) -> Json:
        """Find the answer; plain JSON without secrets.

        Raises:
            NodeError: there is none; the person reads message and hint.
        """


errand_kinds: Registry[ErrandKind] = Registry("errand kind")


def errand_kind(name: str) -> Callable[[type[Any]], type[Any]]:
    """Register a kind of errand under that name."""

    def register(cls: type[Any]) -> type[Any]:
        errand_kinds.register(name, cls(), f"{cls.__module__}.{cls.__qualname__}")
        return cls

    return register


LATE = NodeError(
    "no_worker",
    "No worker has answered in time.",
    hint="Try again; if it stays, look whether a worker is running.",
    retryable=True,
)
TIMED_OUT = NodeError(
    "timed_out",
    f"There was no answer within {TIME_LIMIT_SECONDS:g} seconds.",
    hint="Look why the other side is slow, then try again.",
    retryable=True,
)
WORKER_LOST = NodeError(
    "worker_lost",
    "The worker that was asked went away, and so did the one after it.",
    hint="Try again; the worker's log has the reason.",
    retryable=True,
)
UNEXPECTED = NodeError(
    "unexpected",
    "The question failed in a way that it should not.",
    hint="The worker's log has the details.",
)
TOO_LARGE = NodeError(
    "answer_too_large",
    "The answer is too large to be shown.",
    hint="Search for what you need.",
)
