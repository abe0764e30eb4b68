"""The one exception with which a node says that it failed."""

from common.failure import Failure


class NodeError(Failure):
    """A node could not do its work.

    Anything else that a node raises is a bug of the node and is recorded with the code `unexpected`.

    Args:
        code: what went wrong, in snake case; never changes once released.
        message: one sentence for the person who reads the run.
        hint: what to do about it.
        field: the config field at fault, as a dotted path, when there is one.
        retryable: whether the same call may succeed later.
        retry_after: seconds that the other side asked to wait, when it did.
    """

    def as_json(self) -> dict[str, object]:
        """The error as it is stored with a step and shown to people."""
        return {
            "code": self.code,
            "message": self.message,
            "hint": self.hint,
            "field": self.field,
            "retryable": self.retryable,
        }
