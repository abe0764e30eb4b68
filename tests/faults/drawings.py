"""Flows that the fault tests draw."""

from typing import Any

from tests.support.flows import document, line


def delivering_to(url: str) -> dict[str, Any]:
    """A webhook that waits for its answer as long as a test may take."""
    webhook = ("w", "webhook", {"url": url, "method": "POST", "timeout": "5m"})
    return line(("t", "inbound-webhook", {}), webhook, w={"timeout": "5m"})


def reviewed_then_delivering_to(url: str) -> dict[str, Any]:
    """The same, once people have continued it."""
    nodes = [
        ("t", "inbound-webhook", {}),
        ("r", "wait-for-review", {"title": "Deliver {{ id }}?"}),
        ("w", "webhook", {"url": url, "method": "POST"}),
    ]
    return document(nodes, [("t", "out", "r"), ("r", "continued", "w")])
