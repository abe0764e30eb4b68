"""Drawings of former node versions, lifted to the present ones for whoever goes on drawing."""

import logging
from typing import Any

from flows.sdk import JsonObject, Node, node_types

logger = logging.getLogger(__name__)


def present_drawing(document: JsonObject) -> JsonObject:
    """The document with every config in the form of today's node type; what it was given is left alone.

    The form of a node is today's: a config of yesterday in it would be read as today's when it is saved.
    """
    drawn = document.get("nodes")
    if not isinstance(drawn, list) or not any(_older(node) for node in drawn):
        return document
    return {**document, "nodes": [_lifted(node) for node in drawn]}


def _older(drawn: Any) -> Node | None:
    known = node_types.get(str(drawn.get("type"))) if isinstance(drawn, dict) else None
    return known if known is not None and drawn.get("typeVersion", 1) < known.meta.version else None


def _lifted(drawn: Any) -> Any:
    known = _older(drawn)
    if known is None:
        return drawn
    version = drawn.get("typeVersion", 1)
    try:
        config = known.upgrade(version, dict(drawn.get("config") or {}))
    except Exception:  # noqa: BLE001  # a stranger's node type may raise anything
        logger.warning("The node type %s cannot lift a config of version %s.", known.meta.type, version)
        return drawn
    return {**drawn, "config": config, "typeVersion": known.meta.version}
