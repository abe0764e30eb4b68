"""What a record may be: plain JSON of a bounded size and depth."""

import orjson

from flows.sdk.errors import NodeError
from flows.sdk.json_types import Record


def record_bytes(name: str, record: Record, limit: int) -> int:
    """How many bytes the record behind a node has.

    Raises:
        NodeError: `record_too_large`; `unexpected` when it is not plain JSON, or nested beyond what JSON readers take.
    """
    try:
        size = len(orjson.dumps(record))
    except (TypeError, orjson.JSONEncodeError) as error:
        raise NodeError(
            "unexpected",
            f"{name!r} put something into the record that is not plain JSON, or nested it too deeply.",
            hint="Write into fields that lie less deep.",
        ) from error
    if size > limit:
        raise NodeError(
            "record_too_large",
            f"The record behind {name!r} would be {size:,} bytes; the limit is {limit:,}.",
            hint="Keep less of the answer, or raise MAX_RECORD_BYTES.",
        )
    return size
