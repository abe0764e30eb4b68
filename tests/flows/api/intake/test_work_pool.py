"""One tenant's work holds up neither the event loop nor another tenant."""

import asyncio
import threading
import time

import pytest

from common.problems import Problem
from flows.api.intake import work_pool
from flows.api.intake.work_pool import QUICK_BYTES, WorkPool


def burn(seconds: float) -> None:
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


async def test_small_bodies_are_worked_on_at_once_and_large_ones_on_a_thread() -> None:
    pool = WorkPool()
    assert await pool.sized(QUICK_BYTES, 1, threading.get_ident) == threading.get_ident()
    assert await pool.sized(QUICK_BYTES + 1, 1, threading.get_ident) != threading.get_ident()


async def test_a_tenant_has_one_thread_at_a_time_and_another_does_not_wait_for_it() -> None:
    pool, gate = WorkPool(), threading.Event()
    held = [asyncio.create_task(pool.run(1, gate.wait)) for _ in range(work_pool.THREADS + 3)]
    await asyncio.sleep(0)
    assert await asyncio.wait_for(pool.run(2, lambda: "done"), 5) == "done"
    assert not any(task.done() for task in held)
    gate.set()
    await asyncio.gather(*held)


async def test_too_many_waiting_requests_of_a_tenant_are_refused() -> None:
    pool, gate = WorkPool(), threading.Event()
    held = [asyncio.create_task(pool.run(1, gate.wait)) for _ in range(work_pool.MOST_WAITING + 1)]
    await asyncio.sleep(0)
    with pytest.raises(Problem) as caught:
        await pool.run(1, lambda: None)
    assert (caught.value.status, caught.value.code) == (429, "too_much_work")
    gate.set()
    await asyncio.gather(*held)
    await pool.run(1, lambda: None)


async def test_a_used_up_share_is_refused_until_it_is_earned_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work_pool, "BURST_SECONDS", 0.02)
    monkeypatch.setattr(work_pool, "SHARE", 0.001)
    pool = WorkPool()
    pool._account(1).left = 0.02
    await pool.run(1, lambda: burn(0.1))
    with pytest.raises(Problem) as caught:
        await pool.run(1, lambda: None)
    assert caught.value.extra["retry_after"] >= 1
    await pool.run(2, lambda: None)
    pool._account(1).looked_at -= 1000
    await pool.run(1, lambda: None)


async def test_work_that_fails_is_paid_for_too() -> None:
    def fail() -> None:
        burn(0.05)
        raise Problem(400, "bad", "Bad.")

    pool = WorkPool()
    before = pool._account(1).left
    with pytest.raises(Problem, match="Bad"):
        await pool.run(1, fail)
    assert pool._account(1).left < before - 0.04


async def test_accounts_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work_pool, "MOST_ACCOUNTS", 5)
    pool = WorkPool()
    for tenant in range(20):
        await pool.run(tenant, lambda: None)
    assert len(pool._accounts) <= 6
