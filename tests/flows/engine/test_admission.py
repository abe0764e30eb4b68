"""How many runs a flow lets in, and which of them wait."""

from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from flows.engine.admission import REFUSALS, admission, concurrency_of, is_free
from flows.graph.settings import Concurrency, ConcurrencyMode

modes = st.sampled_from(get_args(ConcurrencyMode))
settings = st.builds(Concurrency, mode=modes, limit=st.none() | st.integers(1, 20))


@given(setting=settings, asked=st.integers(0, 40))
def test_no_more_runs_are_let_in_than_the_flow_allows(setting: Concurrency, asked: int) -> None:
    opened = 0
    for _ in range(asked):
        opened += not admission(setting, opened).refusal
    allowed = 1 if setting.mode == "single" else setting.limit
    assert opened == (asked if allowed is None else min(asked, allowed))


@given(setting=settings, opened=st.integers(0, 40))
def test_only_runs_that_go_one_after_another_wait_and_a_refused_one_says_why(
    setting: Concurrency, opened: int
) -> None:
    admitted = admission(setting, opened)
    if admitted.refusal:
        assert admitted.message == REFUSALS[admitted.refusal]
        assert not admitted.is_held
    else:
        assert admitted.is_held == (setting.mode == "queue")


@given(setting=settings, one=st.integers(0, 40), other=st.integers(0, 40))
def test_in_a_free_flow_the_number_of_open_runs_does_not_matter(
    setting: Concurrency, one: int, other: int
) -> None:
    if is_free(setting):
        assert admission(setting, one) == admission(setting, other)


def test_a_flow_without_a_setting_is_free() -> None:
    assert is_free(concurrency_of({}))
    assert concurrency_of({"mode": "single", "limit": 3}) == Concurrency(mode="single", limit=3)
