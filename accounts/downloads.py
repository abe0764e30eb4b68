"""Answers that are long files: written while they are read."""

from collections.abc import AsyncIterator, Iterator

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse

JSON_LINES = "application/jsonl"


def streamed(request: HttpRequest, chunks: Iterator[bytes], name: str, kind: str) -> StreamingHttpResponse:
    """A download.

    Args:
        name: the file's name, plain ASCII.
        kind: the media type.
    """
    is_async = isinstance(request, ASGIRequest)
    return StreamingHttpResponse(
        _stepwise(chunks) if is_async else chunks,
        content_type=kind,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


async def _stepwise(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Each chunk is made on a thread; what is not read yet is not made."""
    step = sync_to_async(lambda: next(chunks, None))
    while (chunk := await step()) is not None:
        yield chunk
