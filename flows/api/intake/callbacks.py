"""What outside systems send to the waits that they were given the address of: `POST /hooks/waits/<token>/`."""

from urllib.parse import parse_qsl

from common.asgi import Scope
from common.problems import Problem, bad_value
from common.strict_json import loads
from flows.sdk import Json

MOST_BYTES = 65_536
LONGEST_PORT = 40


def data_of_callback(body: bytes) -> Json:
    """The JSON of the body; null when there is none.

    Raises:
        Problem: 413 `body_too_large`; 400, as of every JSON.
    """
    if len(body) > MOST_BYTES:
        raise Problem(413, "body_too_large", f"An answer has at most {MOST_BYTES:,} bytes.")
    value: Json = loads(body) if body.strip() else None
    return value


def port_of_callback(scope: Scope) -> str | None:
    """The port that `?port=` chooses; None where it says nothing.

    Raises:
        Problem: 400 `bad_port`.
    """
    query = dict(parse_qsl(scope.get("query_string", b"").decode("latin-1")[:1_000]))
    port = query.get("port", "")
    if len(port) > LONGEST_PORT or not port.isprintable():
        raise bad_value("bad_port", "There is no such port.", field="port")
    return port or None
