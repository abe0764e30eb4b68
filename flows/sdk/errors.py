"""The one exception with which a node says that it failed."""

from collections.abc import Mapping
from types import MappingProxyType

from common.failure import Failure
from flows.sdk.json_types import Json


class NodeError(Failure):
    """A node could not do its work.

    `output` is what the record gains behind the `error` port, beside `error`. `keeps` is what the next try is told,
    when there is one: it calls the node's `resume` then, and not its `run`, with this as the `detail` of its `Wake`.

    Anything else that a node raises is a bug of the node and is recorded with the code `unexpected`.
    """

    output: Mapping[str, Json] = MappingProxyType({})
    keeps: Mapping[str, Json] = MappingProxyType({})

    @classmethod
    def of(cls, failure: Failure, *, field: str | None = None) -> "NodeError":
        """The failure of another part of the program as that of the node, at a field of its config."""
        return cls(
            failure.code,
            failure.message,
            hint=failure.hint,
            field=field,
            retryable=failure.retryable,
            retry_after=failure.retry_after,
        )

    def as_json(self) -> dict[str, object]:
        """The error as it is stored with a step and shown to people."""
        return {
            "code": self.code,
            "message": self.message,
            "hint": self.hint,
            "field": self.field,
            "retryable": self.retryable,
        }
