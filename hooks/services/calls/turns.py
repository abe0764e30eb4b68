"""How many calls a worker has at work at once. A call that waits for its turn holds no thread."""

import asyncio
from typing import Final
from weakref import WeakKeyDictionary

from flows.conf import number

_turns: Final[WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore]] = WeakKeyDictionary()


def turn() -> asyncio.Semaphore:
    """`async with turn():` around a call; the first that waits is the first to go on."""
    loop = asyncio.get_running_loop()
    if loop not in _turns:
        _turns[loop] = asyncio.Semaphore(number("HOOK_CALLS"))
    return _turns[loop]
