"""Where the bounds are put into Daphne, and Daphne is started."""

import socket
from collections.abc import Callable
from typing import Any

from daphne import http_protocol
from daphne.http_protocol import HTTPFactory
from daphne.server import Server
from daphne.ws_protocol import WebSocketFactory
from twisted.internet import task
from twisted.web import http

from common.asgi import App
from hookflow_site.web.bounds import CLOSE_SECONDS, PING_SECONDS, PONG_SECONDS, Limits, within_files
from hookflow_site.web.connections import Connections
from hookflow_site.web.on_daphne.channel import BoundedChannel
from hookflow_site.web.on_daphne.request import BoundedRequest, log_nothing
from hookflow_site.web.on_daphne.websocket import MOST_OUT, BoundedSocket


def serve(application: App, listener: socket.socket, limits: Limits) -> None:
    """Until a signal says stop."""
    _install(limits)
    Server(
        application,
        endpoints=[f"fd:fileno={listener.fileno()}"],
        ping_interval=PING_SECONDS,
        ping_timeout=PONG_SECONDS,
        # Autobahn holds outgoing messages to the same limit; incoming ones meet a smaller one in the protocol.
        websocket_max_message_size=MOST_OUT,
        websocket_max_frame_size=MOST_OUT,
        application_close_timeout=CLOSE_SECONDS,
        server_name="",
    ).run()


def _install(limits: Limits) -> None:
    table = Connections(within_files(limits), _keep_calling)

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


def _keep_calling(seconds: float, call: Callable[[], None]) -> None:
    task.LoopingCall(call).start(seconds, now=False)
