"""Where the bounds are put into Daphne; called once when the application is made."""

import resource
from dataclasses import replace
from typing import Any

from daphne import http_protocol
from daphne.http_protocol import HTTPFactory
from daphne.ws_protocol import WebSocketFactory
from twisted.web import http

from hookflow_site.daphne_limits.channel import BoundedChannel
from hookflow_site.daphne_limits.connections import Connections, Limits
from hookflow_site.daphne_limits.request import BoundedRequest, log_nothing
from hookflow_site.daphne_limits.websocket import MOST_OUT, BoundedSocket

FILES_KEPT = 200
"""File descriptors for all that is no client: databases, temporary files, outside systems."""


def install(limits: Limits | None = None) -> Connections:
    """Put the bounds into Daphne; the table of all connections to come."""
    table = Connections(_within_files(limits or Limits()))

    def build(factory: Any, address: Any) -> Any:
        seat = table.take(str(getattr(address, "host", "")))
        if seat is None:
            return None
        channel = BoundedChannel()
        channel.seat = seat
        channel.requestFactory = BoundedRequest
        channel.factory = channel.site = factory
        channel.timeOut = None  # the table's sweep ends what takes too long
        protocol = http._GenericHTTPChannelProtocol(channel)
        protocol.requestFactory = BoundedRequest
        protocol.factory = factory
        protocol.timeOut = None
        return protocol

    HTTPFactory.buildProtocol = build
    HTTPFactory.log = log_nothing
    http_protocol.WebRequest = BoundedRequest
    WebSocketFactory.protocol = BoundedSocket
    _bound_sockets()
    return table


def _bound_sockets() -> None:
    plain = WebSocketFactory.setProtocolOptions

    def chosen(factory: Any, **options: Any) -> None:
        # Autobahn holds outgoing messages to the same limit; incoming ones meet a smaller one in the protocol.
        plain(factory, **{**options, "maxMessagePayloadSize": MOST_OUT, "maxFramePayloadSize": MOST_OUT})

    if not hasattr(plain, "is_bounded"):
        chosen.is_bounded = True  # type: ignore[attr-defined]
        WebSocketFactory.setProtocolOptions = chosen


def _within_files(limits: Limits) -> Limits:
    """As many connections as there may be files; the soft limit is raised as far as it goes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = limits.connections + FILES_KEPT
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        soft = most
    if soft == resource.RLIM_INFINITY:
        return limits
    return replace(limits, connections=min(limits.connections, max(64, soft - FILES_KEPT)))
