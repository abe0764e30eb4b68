"""The demo's own receiver: answers with what it was sent, so that flows have somewhere to send to."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from common import strict_json

MAX_BYTES = 65_536
SHOWN_HEADERS = ("Content-Type", "Idempotency-Key", "User-Agent")


@csrf_exempt
def demo_echo(request: HttpRequest) -> JsonResponse:
    """Method, query, a few headers and the body; nothing is kept. Routed in the local demo only."""
    raw = request.read(MAX_BYTES)
    try:
        body = strict_json.loads(raw) if raw.strip() else None
    except strict_json.BadJson:
        body = raw.decode("utf-8", errors="replace")
    return JsonResponse(
        {
            "method": request.method,
            "query": request.GET.dict(),
            "headers": {name: request.headers[name] for name in SHOWN_HEADERS if name in request.headers},
            "body": body,
        }
    )
