"""What stands before every websocket: the exact origin, and the session of the browser."""

from typing import Any
from urllib.parse import urlsplit

from channels.auth import AuthMiddlewareStack
from channels.security.websocket import WebsocketDenier
from django.conf import settings


def allowed_origins() -> frozenset[str]:
    """Scheme, host and port of this site, as browsers write them."""
    origins = {settings.SITE_URL, *settings.CSRF_TRUSTED_ORIGINS}
    parts = urlsplit(settings.SITE_URL)
    if parts.hostname in ("127.0.0.1", "localhost"):
        port = f":{parts.port}" if parts.port else ""
        origins |= {f"{parts.scheme}://{host}{port}" for host in ("127.0.0.1", "localhost")}
    return frozenset(origins)


def guarded(inner: Any) -> Any:
    """Refuse a handshake whose `Origin` is missing, doubled or not exactly ours, before anything else looks at it."""
    with_session = AuthMiddlewareStack(inner)
    origins = allowed_origins()

    async def application(scope: Any, receive: Any, send: Any) -> Any:
        found = [value for name, value in scope["headers"] if name == b"origin"]
        if len(found) != 1 or found[0].decode("latin-1") not in origins:
            return await WebsocketDenier()(scope, receive, send)
        return await with_session(scope, receive, send)

    return application
