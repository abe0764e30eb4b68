"""The three flows of the demo, as documents."""

import json
from pathlib import Path

from django.conf import settings

from flows.sdk import JsonObject

FOLDER = Path(__file__).resolve().parents[1] / "demo_flows"
DRAWN_FOR = "http://127.0.0.1:8000"


def demo_flows() -> list[JsonObject]:
    """The flow documents, by file name, with the address of this site in place of the one they were drawn for."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.json"))]
    return [json.loads(text.replace(DRAWN_FOR, settings.SITE_URL)) for text in texts]
