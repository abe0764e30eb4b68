"""How long a step waits before its next try."""

import random

from hypothesis import given
from hypothesis import strategies as st

from flows.engine.retry import MOST_RETRY_AFTER_SECONDS, next_delay
from flows.sdk import NodeError
from flows.sdk.retry import LONGEST_WAIT_SECONDS, Retry

waits = st.integers(1, int(LONGEST_WAIT_SECONDS)).map(lambda seconds: f"{seconds}s")
policies = st.fixed_dictionaries(
    {
        "attempts": st.integers(1, 1_000),
        "first": waits,
        "factor": st.floats(1, 100),
        "cap": waits,
        "jitter": st.floats(0, 1),
    }
).map(Retry.model_validate)


def busy(retry_after: float | None = None, *, retryable: bool = True) -> NodeError:
    return NodeError("busy", "Busy.", retryable=retryable, retry_after=retry_after)


@given(policy=policies, tries=st.integers(1, 120), seed=st.integers())
def test_a_delay_lies_within_what_jitter_leaves_of_the_capped_backoff(
    policy: Retry, tries: int, seed: int
) -> None:
    delay = next_delay(policy, tries, busy(), random.Random(seed))
    if tries >= policy.attempts:
        assert delay is None
        return
    whole = min(policy.first_seconds * policy.factor ** (tries - 1), policy.cap_seconds)
    assert delay is not None
    assert whole * (1 - policy.jitter) - 1e-9 <= delay <= whole


@given(asked=st.floats(allow_nan=False), seed=st.integers())
def test_retry_after_is_obeyed_when_it_is_longer_up_to_six_hours(asked: float, seed: int) -> None:
    policy = Retry(attempts=2, first="10s", jitter=0)
    delay = next_delay(policy, 1, busy(asked), random.Random(seed))
    assert delay == min(max(10.0, asked), MOST_RETRY_AFTER_SECONDS)


def test_what_is_not_retryable_is_not_tried_again() -> None:
    assert next_delay(Retry(attempts=5), 1, busy(retryable=False), random.Random(0)) is None


def test_a_thousand_tries_with_a_steep_factor_stay_at_the_cap() -> None:
    policy = Retry(attempts=1_000, factor=100, cap="60s", jitter=0)
    assert next_delay(policy, 999, busy(), random.Random(0)) == 60
