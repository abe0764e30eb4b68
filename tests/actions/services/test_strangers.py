import pytest

from actions.services.strangers import stranger, understood
from flows.sdk import NodeError


class Odd(Exception):
    """What a library raises."""


def no_system() -> NodeError:
    return stranger("no system", "Look at the URL.")


@pytest.mark.parametrize(
    "raised", [Odd, KeyError, AssertionError, AttributeError, RecursionError, ValueError]
)
def test_what_is_not_understood_is_a_strangers_answer(raised: type[Exception]) -> None:
    with pytest.raises(NodeError) as caught, understood(no_system, Odd):
        raise raised
    assert (caught.value.code, caught.value.message) == (
        "bad_answer",
        "Something answered that is no system.",
    )
    assert caught.value.hint == "Look at the URL."


def test_a_failure_of_its_own_stays() -> None:
    own = NodeError("refused", "No.")
    with pytest.raises(NodeError) as caught, understood(no_system):
        raise own
    assert caught.value is own


def test_what_is_no_matter_of_answers_goes_through() -> None:
    with pytest.raises(OSError), understood(no_system):
        raise OSError
