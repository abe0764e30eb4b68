"""Whether the site lives, whether it is ready, and its figures."""

from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from common import metrics
from common.addresses import is_loopback
from common.asgi import Receive, Scope, Send, answer, answer_problem
from common.crypto import is_same
from common.problems import Problem
from hookflow_site.proxies import was_passed_on

_is_migrated: list[bool] = []


ALIVE_PATH: Final = "/healthz"
NO_METHOD: Final = Problem(405, "method_not_allowed", "This address takes GET only.")


async def alive(scope: Scope, receive: Receive, send: Send) -> None:
    """This process answers, from its event loop: whether it lives has to be told just when all threads have much to do.

    Says nothing about what it depends on: a restart would not heal that.
    """
    if scope["method"] in ("GET", "HEAD"):
        await answer(send, 200, {"status": "ok"})
    else:
        await answer_problem(send, NO_METHOD, allow=b"GET, HEAD")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when the database answers and its schema is this program's, else 503 with the reason."""
    reason = _reason_not_ready()
    if reason:
        return JsonResponse({"status": "not_ready", "reason": reason}, status=503)
    return JsonResponse({"status": "ready"})


@require_safe
@never_cache
def figures(request: HttpRequest) -> HttpResponse:
    """All figures for Prometheus: to this machine, and to whoever has the token of the settings."""
    if not _may_scrape(request):
        answer = HttpResponse("Send METRICS_TOKEN as a Bearer token.\n", "text/plain", status=401)
        answer["WWW-Authenticate"] = "Bearer"
        return answer
    return HttpResponse(metrics.render(), metrics.CONTENT_TYPE)


def _reason_not_ready() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if not _is_migrated:
            executor = MigrationExecutor(connection)
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                return "The database misses migrations: run manage.py migrate."
            _is_migrated.append(True)
    except Error:
        return "The database does not answer."
    return ""


def _may_scrape(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    if token:
        return is_same(request.headers.get("Authorization", ""), f"Bearer {token}")
    if was_passed_on(request) or not is_loopback(urlsplit(settings.SITE_URL).hostname or ""):
        return False  # a proxy on this machine speaks for somebody else
    return is_loopback(request.META.get("REMOTE_ADDR", ""))
