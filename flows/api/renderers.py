"""Answers that are files."""

from typing import Any

from rest_framework.response import Response


class _RawResponse(Response):
    @property
    def rendered_content(self) -> Any:
        """The bytes as they are, whatever the client accepts."""
        self["Content-Type"] = self.content_type or "application/octet-stream"
        return self.data


def document_response(raw: bytes, name: str, kind: str = "application/json") -> Response:
    """A download.

    Args:
        raw: the bytes.
        name: the file's name, plain ASCII.
        kind: the media type.
    """
    return _RawResponse(
        raw, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
