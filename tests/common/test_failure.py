"""What every failure tells."""

from common.failure import Failure


def test_it_is_told_in_one_line_with_its_hint_where_there_is_one():
    assert (
        Failure("full", "The disk is full.", hint="Delete something.").told
        == "The disk is full. Delete something."
    )
    assert Failure("full", "The disk is full.").told == "The disk is full."
