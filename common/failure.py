"""What every failure tells: of the way out, of a node, of a template, of a request."""


class Failure(Exception):
    """Something could not be done.

    Args:
        code: what went wrong, in snake case; never changes once released.
        message: one sentence.
        hint: what to do about it.
        field: the input at fault, as a dotted path, when there is one.
        retryable: whether the same call may succeed later.
        retry_after: seconds that the other side asked to wait, when it did.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        hint: str = "",
        field: str | None = None,
        retryable: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.field = field
        self.retryable = retryable
        self.retry_after = retry_after

    @property
    def told(self) -> str:
        """Sentence and hint in one line, as people read them."""
        return f"{self.message} {self.hint}".strip()
