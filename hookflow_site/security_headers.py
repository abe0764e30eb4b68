"""The headers that every answer carries, whoever gives it: pages, API, intake, static files and errors."""

from typing import Final

from hookflow_site.csp import POLICY

SECURITY_HEADERS: Final = {
    "Content-Security-Policy": POLICY.format(nonce=""),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not "no-referrer": with that, browsers send forms with "Origin: null", which the CSRF check refuses.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "accelerometer=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
        "magnetometer=(), microphone=(), midi=(), payment=(), usb=()"
    ),
}

RAW: Final = [(name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS.items()]
