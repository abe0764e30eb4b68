"""The ASGI application: the intake beside Django, and the websockets, all inside one envelope of limits."""

import os
import sys
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hookflow_site.settings")

from django.conf import settings
from django.core.asgi import get_asgi_application  # the settings must be named first
from django.urls import get_resolver

from hookflow_site.keys import refuse_without_secret

django_app = get_asgi_application()
refuse_without_secret()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402  # models are ready only now

from approvals.live import routes as reviews  # noqa: E402
from common.asgi import Receive, Scope, Send  # noqa: E402
from flows.api.intake.app import Intake, handles  # noqa: E402
from flows.live import routes as runs  # noqa: E402
from hookflow_site.gate import Gate  # noqa: E402
from hookflow_site.health import ALIVE_PATH, alive  # noqa: E402
from hookflow_site.process import refuse_bare_server  # noqa: E402
from hookflow_site.sockets import guarded  # noqa: E402
from hookflow_site.web.envelope import Envelope  # noqa: E402

refuse_bare_server(sys.argv[0])
intake = Intake()
plain: Any = django_app
django = Gate(plain)


async def http(scope: Scope, receive: Receive, send: Send) -> None:
    """Events go to the intake, all else to Django, but for the one question that asks for neither."""
    app = intake if handles(scope) else alive if scope["path"] == ALIVE_PATH else django
    await app(scope, receive, send)


# Those of flows come last: they end with one for every address that nobody serves.
sockets = [*reviews.websocket_urlpatterns, *runs.websocket_urlpatterns]
application = Envelope(
    ProtocolTypeRouter({"http": http, "websocket": guarded(URLRouter(sockets))}),
    trusted_proxies=settings.TRUSTED_PROXIES,
)
get_resolver().url_patterns  # noqa: B018  # read now, or the first request does it on the event loop
