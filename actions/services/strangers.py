"""Answers that are not what the system gives that was asked: something else may have answered."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from flows.sdk import NodeError

CONFUSED: Final = (
    AssertionError,
    AttributeError,
    IndexError,
    KeyError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What code raises that reads an answer of another form than it knows, `RecursionError` among it."""


def stranger(is_what: str, hint: str) -> NodeError:
    """The answer is none of the system's. `is_what`: such as `no Redmine`."""
    return NodeError("bad_answer", f"Something answered that is {is_what}.", hint=hint)


@contextmanager
def understood(failure: Callable[[], NodeError], *of_library: type[Exception]) -> Iterator[None]:
    """What reads answers inside fails with that error where it does not understand one.

    Args:
        of_library: what the library raises by itself for such answers.
    """
    not_understood: tuple[type[Exception], ...] = (*CONFUSED, *of_library)
    try:
        yield
    except NodeError:
        raise
    except not_understood as error:
        raise failure() from error
