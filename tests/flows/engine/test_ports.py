"""What a node answers fits its type."""

import pytest

from flows.engine.ports import check_answer
from flows.sdk import Emit, NodeError, Suspend
from tests.flows.engine.plans import planned

SPY = planned("a", {})


@pytest.mark.parametrize("answer", [Emit("out", {}), Suspend("sleep"), Suspend("poll", on_time="out")])
def test_a_port_that_the_type_declares_is_taken(answer) -> None:
    check_answer(SPY, answer)


@pytest.mark.parametrize("answer", [Emit("sideways", {}), Suspend("review", on_time="sideways")])
def test_an_unknown_port_is_refused_by_name_with_those_that_there_are(answer) -> None:
    with pytest.raises(NodeError, match="'sideways'") as caught:
        check_answer(SPY, answer)
    assert caught.value.code == "unexpected"
    assert "declares out" in caught.value.hint


def test_anything_else_is_no_answer() -> None:
    with pytest.raises(NodeError, match="NoneType"):
        check_answer(SPY, None)
