"""The one exception of the way out."""


class EgressError(Exception):
    """Something could not be sent, or its answer not be read.

    The arguments are those of a node's error, so that turning one into the other is trivial.

    Args:
        code: `address_refused`, `unreachable`, `timed_out`, `answer_too_large`, `bad_url`, `bad_header`,
            `bad_answer`, `tls_failed` or `too_many_redirects`.
        message: one sentence.
        hint: what to do about it.
        field: the input at fault, when there is one: `url`, `headers`, `method`.
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


def refused(what: str) -> EgressError:
    """The error for an address that the policy does not let through."""
    return EgressError(
        "address_refused",
        f"{what} is not allowed as a target.",
        hint="Use a public address, or ask the platform admin to allow the network.",
        field="url",
    )


def unreachable(host: str, reason: str) -> EgressError:
    """The error for a host that does not answer at all."""
    return EgressError(
        "unreachable",
        f"{host} cannot be reached: {reason}.",
        hint="Check the name and the port, and whether the other side is up.",
        retryable=True,
    )


def timed_out(host: str, seconds: float) -> EgressError:
    """The error for an answer that did not come in time."""
    return EgressError(
        "timed_out",
        f"{host} did not answer within {seconds:g} seconds.",
        hint="Give it more time, or look at the other side.",
        retryable=True,
    )
