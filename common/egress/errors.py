"""The one exception of the way out."""

from common.failure import Failure


class EgressError(Failure):
    """Something could not be sent, or its answer not be read.

    Its codes are `address_refused`, `unreachable`, `timed_out`, `answer_too_large`, `bad_url`, `bad_header`,
    `bad_answer`, `tls_failed`, `bad_certificate`, `too_many_redirects` and `host_not_allowed`; its field, when there
    is one, is `url`, `headers`, `method` or `tls`.
    """


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
