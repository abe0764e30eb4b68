"""Daphne with bounds in it: what a stranger may cost before the application sees a first byte.

Daphne hands a request over only when its body is complete, and Twisted below it parses forms on the event loop. Here
nothing is parsed, a body meets its path's own limit while it comes in, heads and bodies have a time and a least rate,
and connections are counted by address and in all.
"""

SAFE_BEFORE_FORK = (
    "twisted.internet.asyncioreactor",
    "twisted.web.http",
    "autobahn.twisted.websocket",
    "daphne.http_protocol",
    "daphne.ws_protocol",
)
"""What a process may load before it forks. Daphne's server makes an event loop as soon as it is loaded, and one loop
cannot serve two processes."""
