"""Long files are made while they are read."""

import asyncio
from collections.abc import Iterator
from typing import Any

from django.core.handlers.asgi import ASGIRequest
from django.test import AsyncRequestFactory, RequestFactory

from accounts.downloads import JSON_LINES, streamed


def test_nothing_is_made_before_it_is_read() -> None:
    made: list[int] = []

    def chunks() -> Iterator[bytes]:
        for number in range(3):
            made.append(number)
            yield b"%d" % number

    async def read_one() -> bytes:
        request: Any = AsyncRequestFactory().get("/")
        assert isinstance(request, ASGIRequest)
        parts: Any = aiter(streamed(request, chunks(), "x.jsonl", JSON_LINES))
        return await anext(parts)

    assert asyncio.run(read_one()) == b"0"
    assert made == [0]


def test_without_asgi_it_is_read_as_it_is() -> None:
    answer: Any = streamed(RequestFactory().get("/"), iter([b"a", b"b"]), "x.jsonl", JSON_LINES)
    assert answer.getvalue() == b"ab"
