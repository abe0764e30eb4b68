"""What stands before every websocket: the exact origin, and the session of the browser."""

from collections import Counter
from typing import Any, Final
from urllib.parse import urlsplit

from channels.auth import AuthMiddlewareStack
from channels.security.websocket import WebsocketDenier
from django.conf import settings

from common.addresses import counted_as

TOO_MANY: Final = 4429


def allowed_origins() -> frozenset[str]:
    """Scheme, host and port of this site, as browsers write them."""
    origins = {settings.SITE_URL, *settings.CSRF_TRUSTED_ORIGINS}
    parts = urlsplit(settings.SITE_URL)
    if parts.hostname in ("127.0.0.1", "localhost"):
        port = f":{parts.port}" if parts.port else ""
        origins |= {f"{parts.scheme}://{host}{port}" for host in ("127.0.0.1", "localhost")}
    return frozenset(origins)


class Counted:
    """So many websockets a user and an address; one more is closed at once with `TOO_MANY`."""

    def __init__(self, inner: Any, per_user: int, per_address: int) -> None:
        self._inner = inner
        self._most = {"user": per_user, "address": per_address}
        self._open: Counter[tuple[str, object]] = Counter()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Let it in and count it, or close it."""
        owners = self._owners(scope)
        if any(self._open[owner] >= self._most[owner[0]] for owner in owners):
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.close", "code": TOO_MANY})
            return
        self._open.update(owners)
        try:
            await self._inner(scope, receive, send)
        finally:
            self._open.subtract(owners)
            self._open = +self._open

    def _owners(self, scope: Any) -> list[tuple[str, object]]:
        client, user = scope.get("client"), scope.get("user")
        owners: list[tuple[str, object]] = [("address", counted_as(str(client[0])))] if client else []
        return [*owners, ("user", user.pk)] if getattr(user, "pk", None) else owners


def guarded(inner: Any) -> Any:
    """Refuse a handshake whose `Origin` is missing, doubled or not exactly ours, before anything else looks at it."""
    origins = allowed_origins()

    counted = Counted(inner, settings.MAX_WEBSOCKETS_PER_USER, settings.MAX_WEBSOCKETS_PER_ADDRESS)
    with_session = AuthMiddlewareStack(counted)

    async def application(scope: Any, receive: Any, send: Any) -> Any:
        found = [value for name, value in scope["headers"] if name == b"origin"]
        if len(found) != 1 or found[0].decode("latin-1") not in origins:
            return await WebsocketDenier()(scope, receive, send)
        return await with_session(scope, receive, send)

    return application
