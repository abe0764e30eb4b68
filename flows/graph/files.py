"""Reading a flow from the bytes of a file that a stranger sent."""

from common.strict_json import BadJson, loads
from flows.graph.document import FlowDocument
from flows.graph.limits import MAX_BYTES, MAX_DEPTH, MAX_VALUES
from flows.graph.located import DocumentError, LocatedError
from flows.graph.reading import read_document


def read_file(data: bytes) -> FlowDocument:
    """The document in a file.

    Raises:
        DocumentError: the file is too large, no strict JSON (the message then tells line and column), or no flow.
    """
    if len(data) > MAX_BYTES:
        message = f"The file has {len(data):,} bytes."
        raise DocumentError([LocatedError("", "too_large", message, f"{MAX_BYTES:,} is the most.")])
    try:
        raw = loads(data, max_depth=MAX_DEPTH, max_nodes=MAX_VALUES)
    except BadJson as error:
        raise DocumentError([_located(error)]) from None
    return read_document(raw)


def _located(error: BadJson) -> LocatedError:
    path = error.path.replace("[", ".").replace("]", "").removeprefix(".")
    return LocatedError(path[:200], error.code, error.message, error.hint)
